//! The class as JSON.

use crate::exit::{CommandFailure, Result};
use grader_report::json::JsonExporter;
use grader_report::{ClassNotices, GradeSource, ReportError, export_class};
use std::io::{ErrorKind, Write as _};

/// The class as JSON, to standard output.
pub fn print_json(grades: &dyn GradeSource, notices: &ClassNotices) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match export_class(&JsonExporter, grades, notices, &mut out).and_then(|_| {
        writeln!(out).and_then(|()| out.flush()).map_err(|source| ReportError::Output { source })
    }) {
        // The reader has seen enough.
        Err(ReportError::Output { source }) if source.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(CommandFailure::ours),
    }
}
