//! Submissions that a platform delivers as single files.

use super::folder;
use super::tree::{self, FileListing, FileTree, ListedFile, SpecialFile};
use grader_model::IntakeRefusal;
use std::path::PathBuf;

/// The files of one upload, by their uploaded names.
pub(super) struct LooseFileTree {
    listing: FileListing,
    paths: Vec<PathBuf>,
}

impl LooseFileTree {
    /// Lists the files, given as uploaded name and entry of the class folder.
    pub fn list(files: &[(String, PathBuf)]) -> Self {
        let mut listed = Vec::new();
        let mut special = Vec::new();
        for (at, (name, path)) in files.iter().enumerate() {
            if tree::is_skipped(&[name]) {
                continue;
            }
            match path.symlink_metadata() {
                Ok(meta) if meta.is_file() => {
                    listed.push(ListedFile { path: name.clone(), size: meta.len(), at });
                }
                _ => special.push(SpecialFile { path: name.clone(), what: "no plain file" }),
            }
        }
        let paths = files.iter().map(|(_, path)| path.clone()).collect();
        Self { listing: FileListing { special, ..FileListing::new(listed, vec![]) }, paths }
    }
}

impl FileTree for LooseFileTree {
    fn listing(&self) -> &FileListing {
        &self.listing
    }

    fn read(&mut self, at: usize, cap: u64) -> Result<Vec<u8>, IntakeRefusal> {
        folder::read_regular(&self.paths[at], None, cap, tree::too_large)
    }
}
