//! Errors of writing a report.

use std::io;
use std::path::PathBuf;

/// The reason why a report could not be written. Every file is whole: the old one or the new one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A file or folder could not be written.
    #[error("cannot write the report {}: {source}\n  {}", path.display(), advice(source))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// The output did not accept the report.
    #[error("cannot write the report: {source}\n  {}", advice(source))]
    Output {
        /// The operating system's error.
        source: io::Error,
    },
    /// A grade could not be read back.
    #[error("a grade that the report needs cannot be read: {0}")]
    Unreadable(String),
    /// The grades are of several modules.
    #[error(
        "a class report is about one module, and these grades are of {first:?} and {other:?}\n  Write each module's report into a folder of its own."
    )]
    SeveralModules {
        /// One module.
        first: String,
        /// Another one.
        other: String,
    },
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "The disk is full. Free some space and write the report again; the grades are kept in the gradebook."
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "You may not write there. Choose another folder, or change its permissions."
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "A file is in the place of a folder. Choose another folder, or move the file away."
        }
        _ => "Choose another folder, or check that one.",
    }
}
