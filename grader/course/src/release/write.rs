//! Brings `assignments/` up to date.

use std::path::{Path, PathBuf};

use super::drift::left_over_files;
use super::errors::ReleaseErrors;
use super::workspace::assignments;

/// The changes made by [`write()`]; paths are relative to `assignments/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteChanges {
    /// New or changed files.
    pub changed: Vec<PathBuf>,
    /// Deleted files, which are no longer generated.
    pub removed: Vec<PathBuf>,
}

/// Generates everything and updates `assignments/`. If there is any mistake, no file is changed.
/// Files that are already correct keep their modification time. `Cargo.lock` is left to cargo:
/// after adding a module, run `cargo metadata` in `assignments/` and commit it.
pub fn write(root: &Path) -> Result<WriteChanges, ReleaseErrors> {
    let tree = assignments(root)?;
    let folder = root.join("assignments");
    let mut written = WriteChanges::default();
    for path in left_over_files(root, &tree)? {
        remove(&folder, &path)?;
        written.removed.push(path);
    }
    for (path, bytes) in tree {
        if put(&folder.join(&path), &bytes)? {
            written.changed.push(path);
        }
    }
    Ok(written)
}

/// Writes a file and creates its parent folders, unless the file has this content already: cargo
/// compiles again what has a new modification time. Returns whether the file was written.
pub(super) fn put(target: &Path, bytes: &[u8]) -> Result<bool, ReleaseErrors> {
    if std::fs::read(target).is_ok_and(|found| found == bytes) {
        return Ok(false);
    }
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)
            .map_err(|error| ReleaseErrors::io(parent, "create this folder", &error))?;
    }
    std::fs::write(target, bytes).map_err(|error| ReleaseErrors::io(target, "write", &error))?;
    Ok(true)
}

/// Deletes a file in `folder`, and any folders this leaves empty.
pub(super) fn remove(folder: &Path, path: &Path) -> Result<(), ReleaseErrors> {
    let target = folder.join(path);
    std::fs::remove_file(&target).map_err(|error| ReleaseErrors::io(&target, "delete", &error))?;
    for parent in path.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty()) {
        // Fails for the first folder that is not empty, which ends the loop.
        if std::fs::remove_dir(folder.join(parent)).is_err() {
            break;
        }
    }
    Ok(())
}
