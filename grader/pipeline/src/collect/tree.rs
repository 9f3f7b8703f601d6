//! The common interface of folders and archives: a listing, and contents on demand.

use super::{litter, names};
use grader_model::IntakeRefusal;
use std::path::Path;

/// The files of one submission, by name and size, in the order of their names.
#[derive(Debug, Default)]
pub(super) struct FileListing {
    /// Regular files, except those that [`is_skipped`] excludes.
    pub files: Vec<ListedFile>,
    /// Paths of skipped build configuration that a student may expect to count: `.cargo`.
    pub skipped_config: Vec<String>,
    /// Entries that are neither plain files nor folders. They are never read.
    pub special: Vec<SpecialFile>,
}

/// A link, a device or another special file.
#[derive(Clone, Debug)]
pub(super) struct SpecialFile {
    /// As [`ListedFile::path`].
    pub path: String,
    /// A description: `a symbolic link`.
    pub what: &'static str,
}

/// One file, not read yet.
#[derive(Clone, Debug)]
pub(super) struct ListedFile {
    /// Checked components joined by `/`, relative to the submission.
    pub path: String,
    /// The size according to the file system or the archive, in bytes.
    pub size: u64,
    /// The index for [`FileTree::read`].
    pub at: usize,
}

impl FileListing {
    /// A listing in the order of names, independent of the order on disk. Files in build folders are dropped.
    pub fn new(mut files: Vec<ListedFile>, mut skipped_config: Vec<String>) -> Self {
        let built = litter::build_folders(files.iter().map(|file| &*file.path));
        files.retain(|file| !built.iter().any(|folder| is_inside(&file.path, folder)));
        files.sort_by(|a, b| a.path.cmp(&b.path));
        skipped_config.sort();
        skipped_config.dedup();
        Self { files, skipped_config, special: Vec::new() }
    }

    /// The Rust files of the listing.
    pub fn rust_files(&self) -> impl Iterator<Item = &ListedFile> {
        self.files.iter().filter(|file| is_rust(&file.path))
    }
}

/// A listed submission whose files can be read.
pub(super) trait FileTree {
    fn listing(&self) -> &FileListing;

    /// The content of the file listed with this `at`. More than `cap` bytes are refused, whatever size was
    /// declared.
    fn read(&mut self, at: usize, cap: u64) -> Result<Vec<u8>, IntakeRefusal>;
}

/// Whether a path names a Rust source file.
pub(super) fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

/// Whether a file is Rust source or an archive, which may contain it. Every other file is data.
pub(super) fn is_source_or_archive(path: &str) -> bool {
    is_rust(path) || names::split_archive(path).is_some()
}

/// Whether `path` is inside `folder`, at any depth.
pub(super) fn is_inside(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether an entry is skipped without a note, by the names in its path.
pub(super) fn is_skipped<S: AsRef<str>>(path: &[S]) -> bool {
    litter::is_litter(path)
}

/// The `.cargo` folder of a skipped path, which the student is told about.
pub(super) fn skipped_config<S: AsRef<str>>(path: &[S]) -> Option<String> {
    let at = path.iter().position(|part| part.as_ref() == ".cargo")?;
    let up_to: Vec<&str> = path[..=at].iter().map(AsRef::as_ref).collect();
    (!is_skipped(&up_to[..at])).then(|| up_to.join("/"))
}

pub(super) const fn too_large(limit_bytes: u64) -> IntakeRefusal {
    IntakeRefusal::FileTooLarge { limit_bytes }
}
