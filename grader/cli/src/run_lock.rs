//! A note beside the gradebook that a run is in progress, for a second grader that starts meanwhile.
//!
//! The gradebook itself takes several writers. The note only says who else is at work: it is locked as long as
//! its process lives, so that one of a killed run means nothing.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// What was found beside a gradebook. The note of this run goes when the value is dropped.
#[derive(Debug)]
pub struct RunLock {
    /// The note of this run; none where another run's is, or where no note can be left.
    _note: Option<LockNote>,
    /// Who runs the other run that is in progress.
    other: Option<String>,
}

#[derive(Debug)]
struct LockNote {
    path: PathBuf,
    // Held for its lock.
    _file: File,
}

impl RunLock {
    /// Leaves a note beside `gradebook`, unless another run's is there.
    pub fn acquire(gradebook: &Path, operator: &str) -> Self {
        let mut name = OsString::from(gradebook);
        name.push(".lock");
        let path = PathBuf::from(name);
        let nothing = Self { _note: None, other: None };
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path);
        let Ok(mut file) = file else { return nothing };
        match file.try_lock() {
            Ok(()) => {
                let text = format!("{operator}, process {}", std::process::id());
                // A note that cannot be written is locked all the same.
                let _ = file.set_len(0).and_then(|()| file.write_all(text.as_bytes()));
                Self { _note: Some(LockNote { path, _file: file }), ..nothing }
            }
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let _ = file.read_to_string(&mut text);
                let other = if text.is_empty() { "another process".into() } else { text };
                Self { other: Some(other), ..nothing }
            }
            // A file system without locks.
            Err(TryLockError::Error(_)) => nothing,
        }
    }

    /// Who runs the other run that is in progress, if there is one.
    pub fn other(&self) -> Option<&str> {
        self.other.as_deref()
    }
}

impl Drop for LockNote {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_learns_of_the_first_while_it_lasts() {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("gradebook.sqlite");
        let first = RunLock::acquire(&book, "anna");
        assert_eq!(first.other(), None);
        let second = RunLock::acquire(&book, "bob");
        assert_eq!(second.other(), Some(&*format!("anna, process {}", std::process::id())));
        drop((first, second));
        assert_eq!(RunLock::acquire(&book, "bob").other(), None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "the note is gone");
    }

    #[test]
    fn the_note_of_a_killed_run_means_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("gradebook.sqlite.lock"), "anna, process 7").unwrap();
        let lock = RunLock::acquire(&folder.path().join("gradebook.sqlite"), "bob");
        assert!(lock.other().is_none());
    }
}
