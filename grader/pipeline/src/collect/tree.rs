//! What a folder and an archive have in common: a listing, and contents on demand.

use super::{Refusal, litter, names};
use std::path::Path;

/// The files of one submission, by name and size, in the order of their names.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Regular files outside of what [`passed_over`] skips.
    pub files: Vec<Listed>,
    /// Paths of skipped things that a student might believe to count: `.cargo`.
    pub noticed: Vec<String>,
    /// What is neither a plain file nor a folder. It is never read.
    pub special: Vec<Special>,
}

/// A link, a device or the like, where a file might be.
#[derive(Clone, Debug)]
pub(super) struct Special {
    /// As [`Listed::path`].
    pub path: String,
    /// What it is, in words: `a symbolic link`.
    pub what: &'static str,
}

/// One file, not read yet.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    /// Checked components joined by `/`, relative to the submission.
    pub path: String,
    /// The size that the file system or the archive declares, in bytes.
    pub size: u64,
    /// Where [`Tree::read`] finds it.
    pub at: usize,
}

impl Listing {
    /// A listing in the order of names, so that nothing depends on the order on disk. Files in build
    /// folders are dropped.
    pub fn new(mut files: Vec<Listed>, mut noticed: Vec<String>) -> Self {
        let built = litter::build_folders(files.iter().map(|file| &*file.path));
        files.retain(|file| !built.iter().any(|folder| is_inside(&file.path, folder)));
        files.sort_by(|a, b| a.path.cmp(&b.path));
        noticed.sort();
        noticed.dedup();
        Self { files, noticed, special: Vec::new() }
    }

    /// The Rust files of the listing.
    pub fn rust_files(&self) -> impl Iterator<Item = &Listed> {
        self.files.iter().filter(|file| is_rust(&file.path))
    }
}

/// A submission that was listed and whose files can be read.
pub(super) trait Tree {
    /// Its files.
    fn listing(&self) -> &Listing;

    /// The content of the file that was listed with this `at`, refused when it holds more than
    /// `cap` bytes, whatever was declared.
    fn read(&mut self, at: usize, cap: u64) -> Result<Vec<u8>, Refusal>;
}

/// Whether a path names a Rust source file.
pub(super) fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

/// Whether a file can decide what is graded: source code, or an archive of it. Everything else is data.
pub(super) fn may_count(path: &str) -> bool {
    is_rust(path) || names::archive(path).is_some()
}

/// Whether `path` lies in `folder`, at any depth.
pub(super) fn is_inside(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether an entry is skipped without a word, by the names in its path.
pub(super) fn passed_over<S: AsRef<str>>(path: &[S]) -> bool {
    litter::is_litter(path)
}

/// The part of a skipped path that the student is told about, if any.
pub(super) fn noticed<S: AsRef<str>>(path: &[S]) -> Option<String> {
    let at = path.iter().position(|part| part.as_ref() == ".cargo")?;
    let up_to: Vec<&str> = path[..=at].iter().map(AsRef::as_ref).collect();
    (!passed_over(&up_to[..at])).then(|| up_to.join("/"))
}

pub(super) fn too_large(cap: u64) -> Refusal {
    Refusal::new(format!(
        "This file is larger than {}. Hand in only code that you wrote.",
        size(cap)
    ))
}

pub(super) fn too_many_entries(cap: usize) -> Refusal {
    Refusal::new(format!(
        "The submission holds more than {cap} files and folders. Hand in the folder `src` alone."
    ))
}

/// A size in bytes in words.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        mib if mib >= 1 << 20 && mib.is_multiple_of(1 << 20) => format!("{} MiB", mib >> 20),
        kib if kib >= 1 << 10 && kib.is_multiple_of(1 << 10) => format!("{} KiB", kib >> 10),
        bytes => format!("{bytes} bytes"),
    }
}
