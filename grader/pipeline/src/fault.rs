//! Our own failures. Never the student's, never a zero.

use std::fmt::Display;
use std::path::Path;

/// Something of ours failed: what, where, and what to do about it.
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

    /// Adds what to do about it.
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
