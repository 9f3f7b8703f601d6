//! All mistakes that prevented generation, in one error.

use std::path::Path;

use miette::Diagnostic;
use thiserror::Error;

use crate::config::ConfigErrors;
use crate::located::{LocatedProblem, count, in_reading_order};

/// All problems that prevented the assignments from being generated; never empty.
#[derive(Debug, Clone, Error)]
#[error("{}: the students' files were not made", count(problems.len(), "problem"))]
pub struct ReleaseErrors {
    problems: Vec<LocatedProblem>,
}

impl ReleaseErrors {
    /// The problems, sorted by file and location.
    pub fn problems(&self) -> &[LocatedProblem] {
        &self.problems
    }

    /// `Ok(value)` if there is no problem, otherwise all problems.
    pub(super) fn unless_clean<T>(value: T, problems: Vec<LocatedProblem>) -> Result<T, Self> {
        if problems.is_empty() { Ok(value) } else { Err(problems.into()) }
    }

    /// A failed file system operation on `path`.
    pub(super) fn io(path: &Path, doing: &str, error: &std::io::Error) -> Self {
        LocatedProblem::whole_file(path.display().to_string(), format!("cannot {doing}: {error}"))
            .into()
    }
}

impl From<Vec<LocatedProblem>> for ReleaseErrors {
    fn from(problems: Vec<LocatedProblem>) -> Self {
        Self { problems: in_reading_order(problems) }
    }
}

impl From<LocatedProblem> for ReleaseErrors {
    fn from(problem: LocatedProblem) -> Self {
        vec![problem].into()
    }
}

impl From<ConfigErrors> for ReleaseErrors {
    fn from(errors: ConfigErrors) -> Self {
        errors.problems().to_vec().into()
    }
}

impl Diagnostic for ReleaseErrors {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.problems.iter().map(|p| p as &dyn Diagnostic)))
    }
}
