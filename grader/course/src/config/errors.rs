//! All mistakes of one or more config files in one error.

use miette::Diagnostic;
use thiserror::Error;

use crate::located::{LocatedProblem, count, in_reading_order};

/// All mistakes found in config files, sorted by file and location; never empty.
#[derive(Debug, Clone, Error)]
#[error("{} in {}", count(problems.len(), "mistake"), named(files))]
pub struct ConfigErrors {
    files: Vec<String>,
    problems: Vec<LocatedProblem>,
}

impl ConfigErrors {
    /// `problems` found in `file`.
    pub(super) fn new(file: &str, problems: Vec<LocatedProblem>) -> Self {
        Self { files: vec![file.to_owned()], problems: in_reading_order(problems) }
    }

    /// `Ok(value)` if there is a value and no problem, otherwise all problems.
    pub(super) fn unless_clean<T>(
        file: &str,
        value: Option<T>,
        problems: Vec<LocatedProblem>,
    ) -> Result<T, Self> {
        match value {
            Some(value) if problems.is_empty() => Ok(value),
            _ => Err(Self::new(file, problems)),
        }
    }

    /// A file that could not be read at all.
    pub(super) fn unreadable(file: &str, error: &std::io::Error) -> Self {
        let problem = LocatedProblem::whole_file(file, format!("cannot be read: {error}"))
            .help("is the name right, and is it a UTF-8 text file?");
        Self::new(file, vec![problem])
    }

    /// The mistakes of several files as one error; `None` if `errors` is empty.
    pub fn merged<'a>(errors: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut files = Vec::new();
        let mut problems = Vec::new();
        for one in errors {
            files.extend(one.files.iter().cloned());
            problems.extend(one.problems.iter().cloned());
        }
        (!files.is_empty()).then(|| Self { files, problems: in_reading_order(problems) })
    }

    /// The mistakes, sorted by file and location.
    pub fn problems(&self) -> &[LocatedProblem] {
        &self.problems
    }
}

/// The one file by its name, several by their number.
fn named(files: &[String]) -> String {
    match files {
        [file] => file.clone(),
        files => count(files.len(), "file"),
    }
}

impl Diagnostic for ConfigErrors {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.problems.iter().map(|p| p as &dyn Diagnostic)))
    }
}
