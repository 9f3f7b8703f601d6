//! The grader of the tiny course.

use grader_judge::Module;
use std::process::ExitCode;

static MODULES: [Module; 1] = [text_grading::MODULE];

fn main() -> ExitCode {
    grader_cli::run(&MODULES)
}
