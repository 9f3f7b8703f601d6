//! The grader of this course: the modules of `solutions/`, graded by `grader-cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    grader_cli::run(grader::MODULES)
}
