//! Every mistake of a config file, in one error.

use std::fmt;

use miette::Diagnostic;

use crate::located::{Problem, count, in_reading_order};

/// All mistakes found in a config file, in reading order; never empty.
#[derive(Debug, Clone)]
pub struct ConfigErrors {
    file: String,
    problems: Vec<Problem>,
}

impl ConfigErrors {
    /// `problems` found in `file`.
    pub(super) fn new(file: &str, problems: Vec<Problem>) -> Self {
        Self { file: file.to_owned(), problems: in_reading_order(problems) }
    }

    /// `Ok(value)` if there is no problem and a value, else all problems.
    pub(super) fn unless_clean<T>(
        file: &str,
        value: Option<T>,
        problems: Vec<Problem>,
    ) -> Result<T, Self> {
        match value {
            Some(value) if problems.is_empty() => Ok(value),
            _ => Err(Self::new(file, problems)),
        }
    }

    /// A file that could not be read at all.
    pub(super) fn unreadable(file: &str, error: &std::io::Error) -> Self {
        let problem = Problem::whole_file(file, format!("cannot be read: {error}"))
            .help("is the name right, and is it a UTF-8 text file?");
        Self::new(file, vec![problem])
    }

    /// The file, as it was named when it was opened.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The mistakes, in reading order.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", count(self.problems.len(), "mistake"), self.file)
    }
}

impl std::error::Error for ConfigErrors {}

impl Diagnostic for ConfigErrors {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.problems.iter().map(|p| p as &dyn Diagnostic)))
    }
}
