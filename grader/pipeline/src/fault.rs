//! Failures of the grader. They are never a student's failure and never lead to zero points.

use std::fmt::Display;
use std::path::Path;

/// A failure of the grader: the problem, its place, and the next step.
#[derive(Debug, thiserror::Error)]
#[error("{what}{}", advice.as_ref().map(|advice| format!("\n  help: {advice}")).unwrap_or_default())]
pub struct Fault {
    what: String,
    advice: Option<String>,
}

impl Fault {
    /// A fault described by `what`.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), advice: None }
    }

    /// A file operation that failed: `doing` is a gerund such as "writing".
    pub fn file(doing: &str, path: &Path, error: &impl Display) -> Self {
        Self::new(format!("{doing} {} failed: {error}", path.display()))
    }

    /// Adds the next step.
    #[must_use]
    pub fn help(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

impl From<grader_sandbox::SandboxError> for Fault {
    fn from(error: grader_sandbox::SandboxError) -> Self {
        Self::new(format!("the sandbox failed: {error}"))
            .help("run `grader doctor` to see which layer is missing")
    }
}

/// The result of a step of ours.
pub type Result<T, E = Fault> = std::result::Result<T, E>;
