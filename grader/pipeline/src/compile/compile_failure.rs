//! The meaning of a failed run of rustc on the student's code.

use super::rustc::RustcRun;
use super::{BuildFailure, diagnostics};
use crate::collect::token_scan::growth::{GrowthSuspect, suspect};
use grader_model::{CompileProblem, Outcome};
use grader_sandbox::ProcessEnd;
use std::collections::BTreeMap;

/// What a failed run of rustc on the student's code means; `None` when it succeeded.
pub(super) fn failure_of(run: &RustcRun, whole: &str) -> Option<BuildFailure> {
    if run.end == ProcessEnd::Exited(0) {
        return None;
    }
    if let Some(failed) = limits_of(run) {
        return Some(failed);
    }
    let mut problems = diagnostics::problems(&run.diagnostics);
    if problems.is_empty() {
        problems.push(CompileProblem {
            file: Some(whole.into()),
            line: None,
            column: None,
            message: "the compiler failed on this code without naming a place".into(),
            explanation: run.rendered(),
            task: None,
        });
    }
    Some(BuildFailure::of_code(problems))
}

/// A failure in which limits stopped the compiler, with the place in `files` that most likely made it so.
pub(super) fn with_suspect(
    mut failure: BuildFailure,
    files: &BTreeMap<String, Vec<u8>>,
) -> BuildFailure {
    if !matches!(failure.outcome, Outcome::TimedOut | Outcome::OutOfMemory) {
        return failure;
    }
    if let (Some(first), Some(suspect)) = (failure.problems.first_mut(), suspect(files)) {
        let GrowthSuspect { file, line, reason } = suspect;
        first.explanation = format!("The most likely cause: {reason} ({file}, line {line}).");
        first.file = Some(file);
        first.line = Some(line);
    }
    failure
}

/// The failure when the compiler was stopped rather than finished.
pub(super) fn limits_of(run: &RustcRun) -> Option<BuildFailure> {
    let (outcome, message) = match run.end {
        ProcessEnd::CpuLimit | ProcessEnd::WallLimit => (
            Outcome::TimedOut,
            "compiling took longer than allowed: look for endless recursion in macros, types or \
             constants",
        ),
        ProcessEnd::OutOfMemory => (
            Outcome::OutOfMemory,
            "compiling needed more memory than allowed: look for macros, types and generic functions that grow \
             with each step, and for huge arrays",
        ),
        ProcessEnd::OutputFlood => {
            (Outcome::CompileError, "the compiler's output is larger than a report can hold")
        }
        ProcessEnd::FileLimit => (
            Outcome::OutOfMemory,
            "the compiled code is larger than allowed: look for huge arrays, and for macros and generic functions \
             that become much code",
        ),
        ProcessEnd::SecurityViolation => {
            (Outcome::Refused, "the compiler reached something that the sandbox does not allow")
        }
        ProcessEnd::Exited(_) | ProcessEnd::Signaled(_) => return None,
    };
    let mut problems = diagnostics::problems(&run.diagnostics);
    problems.insert(
        0,
        CompileProblem {
            file: None,
            line: None,
            column: None,
            message: message.into(),
            explanation: String::new(),
            task: None,
        },
    );
    Some(BuildFailure { outcome, problems })
}
