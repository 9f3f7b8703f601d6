//! Content keys: what a result depends on, as one hash.

use crate::fault::{Fault, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// Hash of the named parts, each length-prefixed so that no two lists collide.
pub fn of_parts<'a>(parts: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (name, bytes) in parts {
        for field in [name.as_bytes(), bytes] {
            hasher.update(&(field.len() as u64).to_le_bytes());
            hasher.update(field);
        }
    }
    hasher.finalize().to_hex().to_string()
}

/// Hash of files in memory, names and contents.
pub fn of_files(files: &BTreeMap<String, Vec<u8>>) -> String {
    of_parts(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
}

/// Hash of every file below `root` (names and contents, in the order of names), except build
/// output. Times and permissions do not count: only content can make a result stale.
pub fn of_tree(root: &Path) -> Result<String> {
    let mut parts = Vec::new();
    let walk = walkdir::WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.file_name() != "target");
    for entry in walk {
        let entry = entry.map_err(|error| Fault::file("reading", root, &error))?;
        if !entry.file_type().is_file() {
            continue;
        }
        let bytes = std::fs::read(entry.path())
            .map_err(|error| Fault::file("reading", entry.path(), &error))?;
        let name = entry.path().strip_prefix(root).unwrap_or(entry.path());
        parts.push((name.to_string_lossy().into_owned(), bytes));
    }
    Ok(of_parts(parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_byte_between_fields_changes_the_hash() {
        let hash = |a: &str, b: &str| of_parts([(a, b.as_bytes())]);
        assert_ne!(hash("ab", "c"), hash("a", "bc"));
    }

    #[test]
    fn only_names_and_contents_count() {
        let tree = |name: &str, text: &str| {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir(folder.path().join("target")).unwrap();
            std::fs::write(folder.path().join("target/out"), text).unwrap();
            std::fs::write(folder.path().join(name), "x").unwrap();
            of_tree(folder.path()).unwrap()
        };
        assert_eq!(tree("a", "1"), tree("a", "2"), "build output does not count");
        assert_ne!(tree("a", "1"), tree("b", "1"));
    }
}
