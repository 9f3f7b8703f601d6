//! The class as JSON.

use crate::exit::{Failure, Result};
use grader_report::{Grades, Notices, ReportError, json};
use std::io::{ErrorKind, Write as _};

/// The class as JSON, to standard output.
pub fn print_json(grades: &dyn Grades, notices: &Notices) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match json::write_class(&mut out, grades, notices).and_then(|()| {
        writeln!(out).and_then(|()| out.flush()).map_err(|source| ReportError::Output { source })
    }) {
        // The reader has seen enough.
        Err(ReportError::Output { source }) if source.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Failure::ours),
    }
}
