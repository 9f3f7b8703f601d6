//! What a kit holds, and whether it still does.
//!
//! Without this, a library that a full or failing disk had cut short made every submission "not
//! compile": a zero for each student, for a fault of ours.

use crate::fault::{Fault, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Written last: a folder without it is no kit.
const FILE: &str = "kit.json";

/// The kit's own list of what it is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KitContents {
    /// Crate name to file name in `deps/`.
    pub externs: BTreeMap<String, String>,
    /// File name in `deps/` to BLAKE3 (hex) of its content.
    pub files: BTreeMap<String, String>,
}

impl KitContents {
    /// Lists what lies in `folder/deps` and writes the list.
    pub fn record(folder: &Path, externs: BTreeMap<String, String>) -> Result<()> {
        let files = hashes(&folder.join("deps"))?;
        let path = folder.join(FILE);
        let text = serde_json::to_vec_pretty(&Self { externs, files })
            .map_err(|error| Fault::file("writing", &path, &error))?;
        fs::write(&path, text).map_err(|error| Fault::file("writing", &path, &error))
    }

    /// The list of the kit in `folder`; `None` unless it is there and every file is as it was
    /// recorded.
    ///
    /// # Cost
    /// Reads the whole kit, some 50 MB: 30 ms.
    pub fn of_whole(folder: &Path) -> Option<Self> {
        let text = fs::read(folder.join(FILE)).ok()?;
        let contents: Self = serde_json::from_slice(&text).ok()?;
        let there = hashes(&folder.join("deps")).ok()?;
        (contents.files == there).then_some(contents)
    }
}

/// Hashes of the files of a folder, by name.
fn hashes(folder: &Path) -> Result<BTreeMap<String, String>> {
    let failed = |error| Fault::file("reading", folder, &error);
    let mut hashes = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let bytes = fs::read(entry.path()).map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        hashes.insert(name, blake3::hash(&bytes).to_hex().to_string());
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_a_cut_and_a_changed_file_are_seen() {
        let kit = tempfile::tempdir().unwrap();
        let file = |name: &str| kit.path().join("deps").join(name);
        let fresh = || {
            fs::create_dir_all(kit.path().join("deps")).unwrap();
            fs::write(file("liba.rlib"), "one").unwrap();
            fs::write(file("libb.rlib"), "two").unwrap();
        };
        assert_eq!(KitContents::of_whole(kit.path()), None, "nothing is there");
        fresh();
        let externs = BTreeMap::from([("a".to_owned(), "liba.rlib".to_owned())]);
        KitContents::record(kit.path(), externs.clone()).unwrap();
        assert_eq!(KitContents::of_whole(kit.path()).unwrap().externs, externs);

        fs::remove_file(file("libb.rlib")).unwrap();
        assert_eq!(KitContents::of_whole(kit.path()), None, "lost");
        for damaged in ["on", "onf"] {
            fresh();
            assert!(KitContents::of_whole(kit.path()).is_some());
            fs::write(file("liba.rlib"), damaged).unwrap();
            assert_eq!(KitContents::of_whole(kit.path()), None, "{damaged}");
        }
    }
}
