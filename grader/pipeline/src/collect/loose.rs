//! A submission that a platform hands out as single files: the folder that they were uploaded as.

use super::tree::{self, Listed, Listing, Special, Tree};
use super::{Refusal, folder};
use std::path::PathBuf;

/// The files, under the names that they were uploaded with.
pub(super) struct Files {
    listing: Listing,
    paths: Vec<PathBuf>,
}

impl Files {
    /// Lists the files, each with the entry of the class folder that holds it.
    pub fn list(files: &[(String, PathBuf)]) -> Self {
        let mut listed = Vec::new();
        let mut special = Vec::new();
        for (at, (name, path)) in files.iter().enumerate() {
            if tree::passed_over(&[name]) {
                continue;
            }
            match path.symlink_metadata() {
                Ok(meta) if meta.is_file() => {
                    listed.push(Listed { path: name.clone(), size: meta.len(), at });
                }
                _ => special.push(Special { path: name.clone(), what: "no plain file" }),
            }
        }
        let paths = files.iter().map(|(_, path)| path.clone()).collect();
        Self { listing: Listing { special, ..Listing::new(listed, vec![]) }, paths }
    }
}

impl Tree for Files {
    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn read(&mut self, at: usize, cap: u64) -> Result<Vec<u8>, Refusal> {
        folder::read_regular(&self.paths[at], None, cap, tree::too_large)
    }
}
