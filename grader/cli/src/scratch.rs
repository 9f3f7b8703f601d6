//! The folder for whatever is compiled and run. A grader that is killed cannot remove it: the next
//! one does.

use crate::exit::{Failure, Result};
use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::io;
use std::path::Path;
use tempfile::TempDir;

const PREFIX: &str = "grader-run-";

/// This process's own temporary folder, gone when dropped. While it is locked, it is in use: the
/// system lets go of the lock of a process that is killed.
pub struct Scratch {
    _folder: TempDir,
    _lock: File,
}

impl Scratch {
    /// Makes the folder in which all temporary files go from now on, and removes those of graders
    /// that were killed. To be called once.
    pub fn claim() -> Result<Self> {
        let base = std::env::temp_dir();
        remove_abandoned(&base);
        let (folder, lock) = make(&base).map_err(|error| {
            Failure::ours(format!(
                "no temporary folder can be made in {}: {error}\n  \
                 help: free some disk space, or set TMPDIR to a folder that can be written",
                base.display()
            ))
        })?;
        // Only a second call could find it set; what is there then is as good.
        let _ = tempfile::env::override_temp_dir(folder.path());
        Ok(Self { _folder: folder, _lock: lock })
    }
}

fn make(base: &Path) -> io::Result<(TempDir, File)> {
    loop {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(base)?;
        let lock = open(folder.path()).and_then(|file| file.lock().map(|()| file));
        // Between the two lines above another grader may have taken it for abandoned.
        if folder.path().exists() {
            return Ok((folder, lock?));
        }
    }
}

fn remove_abandoned(base: &Path) {
    for entry in base.read_dir().into_iter().flatten().flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if ours
            && let Ok(folder) = open(&entry.path())
            && folder.try_lock().is_ok()
        {
            // What cannot be removed is another user's, or stays for the next grader.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The folder itself, never what a link leads to.
fn open(folder: &Path) -> io::Result<File> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::open(folder, flags, Mode::empty())?.into())
}
