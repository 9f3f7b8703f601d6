//! The error for bad data: where, and what was expected.

use std::fmt;

/// Why data could not be read: the file, the place in it, and what to do.
///
/// ```
/// use tinytorch::data::digits;
///
/// let text = ["0"; 64].join(",") + ",12\n";
/// let error = digits::from_text("mine.csv", &text).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "mine.csv: line 1, column 65: expected a label from 0 to 9, found `12`"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    /// The name of the file or of the text.
    pub name: String,
    /// The line, counted from 1; `None` if the error concerns the whole file.
    pub line: Option<usize>,
    /// The column (the value in a row, the character in a text), counted from 1.
    pub column: Option<usize>,
    /// What was expected and what was found.
    pub reason: String,
}

/// The result of reading data.
pub type DataResult<T> = std::result::Result<T, DataError>;

impl DataError {
    pub(crate) fn whole(name: &str, reason: String) -> Self {
        Self { name: name.to_string(), line: None, column: None, reason }
    }

    pub(crate) fn line(name: &str, line: usize, reason: String) -> Self {
        Self { line: Some(line), ..Self::whole(name, reason) }
    }

    pub(crate) fn at(name: &str, line: usize, column: usize, reason: String) -> Self {
        Self { column: Some(column), ..Self::line(name, line, reason) }
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name)?;
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, "line {line}, column {column}: ")?,
            (Some(line), None) => write!(f, "line {line}: ")?,
            (None, Some(column)) => write!(f, "column {column}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for DataError {}
