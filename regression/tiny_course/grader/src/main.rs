//! The grader of the tiny course.

use grader_judge::Module;
use std::process::ExitCode;

#[path = "../../solutions/text/hidden/mod.rs"]
mod text;

static MODULES: [Module; 1] = [text::MODULE];

fn main() -> ExitCode {
    grader_cli::run(&MODULES)
}
