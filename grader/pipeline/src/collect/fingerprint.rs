//! A hash of a submission's sources that does not depend on how they are packed.

use super::tree::{self, FileTree};
use super::{CollectLimits, SubmissionKind, archive, folder};
use crate::hash::FieldHasher;
use grader_model::IntakeRefusal;
use std::path::Path;

/// A hash of the Rust files and archives: their contents, and their names below the innermost folder that
/// contains them all. `None` if there are none, or they cannot be read.
///
/// # Cost
/// Reads the sources once. Used only to compare entries of one student.
pub(super) fn of_entry(path: &Path, kind: SubmissionKind) -> Option<blake3::Hash> {
    let limits = CollectLimits::default();
    of_tree(open(path, kind, &limits).ok()?.as_mut(), &limits)
}

/// The same hash, for a submission that is already listed.
pub(super) fn of_tree(tree: &mut dyn FileTree, limits: &CollectLimits) -> Option<blake3::Hash> {
    let files = tree.listing().files.iter().filter(|file| tree::is_source_or_archive(&file.path));
    let files: Vec<(String, usize)> = files.map(|file| (file.path.clone(), file.at)).collect();
    let cut = common_folder(files.iter().map(|(path, _)| path.as_str()))?.len();
    let mut hasher = FieldHasher::new(b"");
    for (path, at) in &files {
        let content = tree.read(*at, limits.total_bytes).ok()?;
        hasher.field(&path.as_bytes()[cut..]);
        hasher.field(&content);
    }
    Some(hasher.hash())
}

fn open(
    path: &Path,
    kind: SubmissionKind,
    limits: &CollectLimits,
) -> Result<Box<dyn FileTree>, IntakeRefusal> {
    match kind {
        SubmissionKind::Folder => Ok(Box::new(folder::FolderTree::walk(path, limits)?)),
        _ => archive::open(path, limits),
    }
}

/// The folder, with its `/`, that contains all the paths.
fn common_folder<'a>(mut paths: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folder = |path: &'a str| path.rfind('/').map_or("", |at| &path[..=at]);
    let mut common = folder(paths.next()?);
    for path in paths {
        while !path.starts_with(common) {
            common = folder(common.trim_end_matches('/'));
        }
    }
    Some(common)
}
