//! Executables that are kept until a submission is measured again.

use crate::scratch;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;

/// A measured executable, in a private folder that is removed with it.
pub struct KeptExecutable {
    folder: TempDir,
    bytes: u64,
}

const NAME: &str = "submission.bin";

impl KeptExecutable {
    /// Moves an executable out of the folder of its build. `None` if that fails: it can be built again.
    pub fn keep(executable: &Path) -> Option<Self> {
        let folder = scratch::private_folder().ok()?;
        let bytes = fs::metadata(executable).ok()?.len();
        fs::rename(executable, folder.path().join(NAME)).ok()?;
        Some(Self { folder, bytes })
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(NAME)
    }
}

/// The executables that a class run keeps, by student, up to a number of bytes. What finds no room is not kept.
pub struct ExecutableShelf {
    capacity: u64,
    kept: Mutex<HashMap<String, KeptExecutable>>,
}

impl ExecutableShelf {
    /// An empty shelf for `capacity` bytes.
    pub fn new(capacity: u64) -> Self {
        Self { capacity, kept: Mutex::new(HashMap::new()) }
    }

    /// Keeps the executable of a student's submission, if there is room.
    pub fn keep(&self, student: &str, executable: KeptExecutable) {
        let mut kept = self.kept();
        let used: u64 = kept.values().map(|one| one.bytes).sum();
        if used.saturating_add(executable.bytes) <= self.capacity {
            kept.insert(student.to_owned(), executable);
        }
    }

    /// Takes the executable of a student's submission, if it was kept.
    pub fn take(&self, student: &str) -> Option<KeptExecutable> {
        self.kept().remove(student)
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, KeptExecutable>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn executable(bytes: usize) -> KeptExecutable {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("driver.bin");
        fs::write(&path, vec![7; bytes]).unwrap();
        KeptExecutable::keep(&path).unwrap()
    }

    #[test]
    fn a_kept_executable_outlives_its_build_and_goes_with_its_shelf() {
        let shelf = ExecutableShelf::new(100);
        shelf.keep("ada", executable(60));
        let path = shelf.kept()["ada"].path();
        assert_eq!(fs::read(&path).unwrap().len(), 60);
        drop(shelf);
        assert!(!path.exists());
    }

    #[test]
    fn a_shelf_holds_no_more_than_its_capacity() {
        let shelf = ExecutableShelf::new(100);
        shelf.keep("ada", executable(60));
        shelf.keep("bob", executable(60));
        shelf.keep("cleo", executable(40));
        assert!(shelf.take("bob").is_none());
        assert!(shelf.take("ada").is_some() && shelf.take("cleo").is_some());
        shelf.keep("bob", executable(60));
        assert!(shelf.take("bob").is_some(), "there is room again");
    }
}
