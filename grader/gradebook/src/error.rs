//! Errors of a gradebook, with advice for each.

use rusqlite::ErrorCode;
use std::path::{Path, PathBuf};

/// The reason a gradebook could not be opened, read or written. Every variant names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GradebookError {
    /// The file cannot be opened or created.
    #[error(
        "cannot open the gradebook {}: {reason}\n  Check that its folder exists and that you may write there.",
        path.display()
    )]
    CannotOpen {
        /// The gradebook.
        path: PathBuf,
        /// The message of the operating system or `SQLite`.
        reason: String,
    },
    /// The file does not exist.
    #[error(
        "there is no gradebook at {}\n  Grade something first, or name the right file.",
        path.display()
    )]
    Missing {
        /// The gradebook.
        path: PathBuf,
    },
    /// The file is not an `SQLite` file.
    #[error(
        "{} is not a gradebook (not an SQLite file)\n  It was left alone. Name another file, or move this one away.",
        path.display()
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is another application's database.
    #[error(
        "{} is another application's database (application id {application_id:#x})\n  It was left alone. Name another file for the gradebook.",
        path.display()
    )]
    OtherApplication {
        /// The file.
        path: PathBuf,
        /// The id in its header; 0 if it has none.
        application_id: i32,
    },
    /// A newer grader wrote the file.
    #[error(
        "the gradebook {} has schema version {found}; this grader knows versions up to {known}\n  It was left alone. Use the newer grader that wrote it.",
        path.display()
    )]
    NewerVersion {
        /// The gradebook.
        path: PathBuf,
        /// Its schema version.
        found: i32,
        /// The newest version this grader knows.
        known: i32,
    },
    /// The version in the file was never released, or it must be migrated before reading.
    #[error("the gradebook {} has schema version {found}: {advice}", path.display())]
    OlderVersion {
        /// The gradebook.
        path: PathBuf,
        /// Its schema version.
        found: i32,
        /// Advice.
        advice: &'static str,
    },
    /// The migration of an older version failed; the file is unchanged.
    #[error(
        "the gradebook {} could not be brought from schema version {from} to {to}: {reason}\n  Nothing was changed in it; the copy made before is {}.",
        path.display(), backup.display()
    )]
    Migration {
        /// The gradebook.
        path: PathBuf,
        /// Its schema version.
        from: i32,
        /// The target version.
        to: i32,
        /// The copy made before the migration.
        backup: PathBuf,
        /// The reason for the failure.
        reason: String,
    },
    /// The file or its folder is not writable.
    #[error(
        "the gradebook {} is read-only\n  Make the file and its folder writable, or open it for reading.",
        path.display()
    )]
    ReadOnly {
        /// The gradebook.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error(
        "the gradebook {} is damaged: {detail}\n  Keep the file, restore the latest backup beside it, and grade again what is missing.",
        path.display()
    )]
    Corrupt {
        /// The gradebook.
        path: PathBuf,
        /// Description of the damage.
        detail: String,
    },
    /// No space is left.
    #[error(
        "the disk of the gradebook {} is full; the attempt was not stored\n  Free some space and run the same command again: what is stored already is kept.",
        path.display()
    )]
    Full {
        /// The gradebook.
        path: PathBuf,
    },
    /// Another process holds the file.
    #[error(
        "the gradebook {} stayed locked by another process\n  Wait for the other grading to end, then run the same command again.",
        path.display()
    )]
    Busy {
        /// The gradebook.
        path: PathBuf,
    },
    /// A stored grade cannot be decoded.
    #[error(
        "attempt {id} in the gradebook {} cannot be read: {reason}\n  Grade this student again; the other attempts are not affected.",
        path.display()
    )]
    BadRecord {
        /// The gradebook.
        path: PathBuf,
        /// The attempt.
        id: i64,
        /// The reason it cannot be decoded.
        reason: String,
    },
    /// A grade was not stored, because it could not be read back.
    #[error(
        "the grade of {student:?} cannot be stored in {}: {reason}\n  This is a fault of the grader: a score or a time is not a number.",
        path.display()
    )]
    Unstorable {
        /// The gradebook.
        path: PathBuf,
        /// The student.
        student: String,
        /// The problem with the grade.
        reason: String,
    },
    /// Any other error of `SQLite`.
    #[error("the gradebook {} failed: {source}", path.display())]
    Sql {
        /// The gradebook.
        path: PathBuf,
        /// `SQLite`'s own error.
        source: rusqlite::Error,
    },
}

impl GradebookError {
    /// Converts an `SQLite` error to the variant with matching advice.
    pub(crate) fn from_sql(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt { path, detail: source.to_string() },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::CannotOpen { path, reason: source.to_string() }
            }
            _ => Self::Sql { path, source },
        }
    }
}
