//! Reasons why a path cannot be used as a class folder or as a submission.

use crate::collect::names;
use crate::collect::platforms::gradescope;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The reason why a class folder, or a path to check, cannot be used at all. The instructor has to fix it.
#[derive(Debug, Error)]
pub enum CollectError {
    /// The path does not exist.
    #[error("{} does not exist: check the path", escaped(.path))]
    NotFound {
        /// The path as given.
        path: PathBuf,
    },
    /// Neither a folder nor, for a single submission, an archive.
    #[error("{} is {what}: {hint}", escaped(.path))]
    NotAFolder {
        /// The path as given.
        path: PathBuf,
        /// What the path is instead.
        what: &'static str,
        /// The path to give instead.
        hint: &'static str,
    },
    /// The operating system refuses to list it.
    #[error("{} cannot be read ({source}): check its permissions", escaped(.path))]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// A single submission instead of a class.
    #[error(
        "{} looks like one submission and not like a class (it holds `{sign}`): give the folder that \
         holds all submissions",
        escaped(.path)
    )]
    OneSubmission {
        /// The path as given.
        path: PathBuf,
        /// The entry that only a submission has.
        sign: &'static str,
    },
    /// The platform's list of students cannot be read.
    #[error("{}/{} cannot be read ({reason}): download it again", escaped(.path), gradescope::METADATA)]
    Metadata {
        /// The class folder.
        path: PathBuf,
        /// The problem with the list.
        reason: String,
    },
    /// A folder that contains nothing like a submission.
    #[error(
        "{} holds no submission: put one folder or archive per student into it, such as \
         `ada/src/lib.rs` or `ada.zip`",
        escaped(.path)
    )]
    Empty {
        /// The path as given.
        path: PathBuf,
    },
}

fn escaped(path: &Path) -> String {
    names::escaped(path.as_os_str().as_bytes())
}

impl CollectError {
    /// An operating system error while reading `path`.
    pub(super) fn of_io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path },
            _ => Self::Unreadable { path, source },
        }
    }
}
