//! Private folders for one submission each.

use crate::fault::{Fault, Result};
use std::path::Path;

const PREFIX: &str = "grader-work-";

/// A folder that is removed when it is dropped. Its name holds this process's number, so that what
/// a killed grader left behind can be told from what another one is working in.
pub fn private_folder() -> Result<tempfile::TempDir> {
    let prefix = format!("{PREFIX}{}-", std::process::id());
    tempfile::Builder::new().prefix(&prefix).tempdir().map_err(|error| {
        Fault::new(format!("no temporary folder can be made: {error}"))
            .help("free some disk space, or set TMPDIR to a folder that can be written")
    })
}

/// Removes the folders of graders that are gone. What cannot be removed belongs to somebody else.
pub fn remove_stale() {
    remove_stale_in(&std::env::temp_dir());
}

fn remove_stale_in(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        let Some(owner) = owner.and_then(|pid| pid.parse::<u32>().ok()) else { continue };
        let gone = !Path::new("/proc").join(owner.to_string()).exists();
        if gone && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_of_graders_that_are_gone_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        // No process has this number: it is above the highest that Linux gives out.
        let names = [format!("{PREFIX}4294967295-x"), format!("{PREFIX}{}-x", std::process::id())];
        let [gone, ours] = names.map(|name| folder.path().join(name));
        let other = folder.path().join("grader-work-notes");
        for path in [&gone, &ours, &other] {
            std::fs::create_dir(path).unwrap();
        }
        remove_stale_in(folder.path());
        assert!(!gone.exists() && ours.exists() && other.exists());
    }
}
