//! Stage 1: collect the sources from a folder or an archive.
//!
//! A submission is untrusted, including its file names. This stage takes the files that `src/lib.rs`
//! reaches and no others: the manifest, the build script, the compiler and its flags are the course's own.
//! Archives are never unpacked to disk: files are read one by one into memory, each with a size cap, and
//! stored under checked names.
//!
//! Folders and archives are handled in the same steps: *list* names and sizes ([`folder`], [`archive`]),
//! *locate* the folder `src` ([`root`]), and *choose* the files by following the declared modules
//! ([`choose`], [`module_tree`]). A file that no module needs is left out with a note. A link or an
//! unreadable text in the place of a module leads to no grade. No problem found here leads to zero points,
//! because every malformed package can be an honest mistake, and none of it is built.
//!
//! No other process may write to a folder while it is read. Files are opened without following links and
//! compared with the listing, but a class folder that students can still change is not safe to grade.

mod archive;
mod choose;
mod discover;
mod fingerprint;
mod folder;
pub(crate) mod handout;
mod ignored_files;
mod litter;
mod loose_files;
mod module;
pub(crate) mod module_tree;
mod names;
mod outline;
mod ownership;
mod platforms;
mod root;
mod tarball;
mod text;
pub mod token_scan;
mod tree;
mod zipfile;

pub use discover::{
    ClassContents, CollectError, FoundSubmission, SubmissionKind, UngradableEntry, discover,
    discover_among, entry_owner, single,
};
pub use handout::{HandoutView, PackageFiles};
pub use module::{ModuleCandidate, module_of};
pub use names::folded;
pub use token_scan::{FindingSeverity, TokenFinding, scan};

use crate::hash::FieldHasher;
pub use grader_model::IntakeRefusal;
use grader_model::Remark;
use std::collections::BTreeMap;
use tracing::debug;
use tree::FileTree;

/// The sources collected from one submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectedSources {
    /// File contents by name: `src/timer.rs`, forward slashes, UTF-8. No name is a folder of another.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Remarks for the student on omitted or normalised files.
    pub notes: Vec<Remark>,
    /// BLAKE3 (hex) of names and contents: independent of order, times and packing.
    pub content_hash: String,
}

/// Caps on the contents of one submission. Sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectLimits {
    /// One source file.
    pub file_bytes: u64,
    /// All source files together.
    pub total_bytes: u64,
    /// Source files.
    pub files: usize,
    /// Components of a path, the file included.
    pub depth: usize,
    /// Ratio of an archive's unpacked size to its packed size.
    pub archive_ratio: u64,
    /// Entries of an archive or a folder, including files that are not taken.
    pub archive_entries: usize,
    /// A packed archive, which is held in memory.
    pub packed_bytes: u64,
    /// Decompressed size of a `.tar.gz`, which has to be read from end to end.
    pub unpacked_bytes: u64,
}

impl Default for CollectLimits {
    fn default() -> Self {
        Self {
            file_bytes: 4 << 20,
            total_bytes: 16 << 20,
            files: 500,
            depth: 12,
            archive_ratio: 200,
            archive_entries: 10_000,
            packed_bytes: 64 << 20,
            unpacked_bytes: 512 << 20,
        }
    }
}

/// Collects the sources of the module with the slug `module` from one submission, without the handed-out
/// files.
///
/// # Errors
/// As [`collect_for`].
pub fn collect(
    found: &FoundSubmission,
    module: &str,
    limits: &CollectLimits,
) -> Result<CollectedSources, IntakeRefusal> {
    collect_for(found, &HandoutView::of_name(module), limits)
}

/// Collects the sources of a module from one submission. Missing handed-out sources are not added.
///
/// # Errors
/// A [`IntakeRefusal`] states the problem and what to hand in instead.
///
/// # Cost
/// Memory: an archive's packed size plus the sources. Time: one listing and one reading.
pub fn collect_for(
    found: &FoundSubmission,
    handout: &HandoutView,
    limits: &CollectLimits,
) -> Result<CollectedSources, IntakeRefusal> {
    let collected = open(found, handout, limits)
        .and_then(|mut tree| collect_from(tree.as_mut(), handout, limits));
    if let Ok(sources) = &collected {
        let bytes: usize = sources.files.values().map(Vec::len).sum();
        debug!(files = sources.files.len(), bytes, notes = sources.notes.len(), "collected");
    } else {
        debug!("not collected: the student's page says why");
    }
    collected
}

/// [`collect`], for an archive in memory. Its first bytes decide the format.
///
/// # Errors
/// As [`collect`].
pub fn unpack(
    packed: Vec<u8>,
    module: &str,
    limits: &CollectLimits,
) -> Result<CollectedSources, IntakeRefusal> {
    let handout = HandoutView::of_name(module);
    let mut tree = innermost(archive::parse(packed, limits)?, &handout, limits)?;
    collect_from(tree.as_mut(), &handout, limits)
}

fn collect_from(
    tree: &mut dyn FileTree,
    handout: &HandoutView,
    limits: &CollectLimits,
) -> Result<CollectedSources, IntakeRefusal> {
    let root = root::locate(tree.listing(), handout)?;
    let chosen = choose::choose(tree, &root, handout, limits)?;
    ownership::check(tree, &root, handout, &chosen.files)?;
    let mut notes = root.notes.clone();
    notes.extend(chosen.notes);
    notes.extend(ignored_files::notes(tree.listing(), &root, &chosen.files));
    Ok(CollectedSources { content_hash: content_hash(&chosen.files), files: chosen.files, notes })
}

/// The maximum nesting of archives that are opened, if a folder or archive has no Rust files of its own.
const MAX_NESTED_ARCHIVES: usize = 2;

/// Lists the submission, or the one archive in it.
fn open(
    found: &FoundSubmission,
    handout: &HandoutView,
    limits: &CollectLimits,
) -> Result<Box<dyn FileTree>, IntakeRefusal> {
    let tree = match found.kind {
        SubmissionKind::Folder => {
            Box::new(folder::FolderTree::walk(&found.path, limits)?) as Box<dyn FileTree>
        }
        SubmissionKind::Files => Box::new(loose_files::LooseFileTree::list(&found.files)),
        SubmissionKind::Zip | SubmissionKind::TarGz | SubmissionKind::Tar => {
            return innermost(archive::open(&found.path, limits)?, handout, limits);
        }
    };
    match open_inner(tree, handout, limits)? {
        InnerArchive::Opened(archive) => innermost(archive, handout, limits),
        InnerArchive::Absent(tree) => Ok(tree),
    }
}

/// The contents of an archive, or of the archive that it contains instead of sources.
fn innermost(
    mut tree: Box<dyn FileTree>,
    handout: &HandoutView,
    limits: &CollectLimits,
) -> Result<Box<dyn FileTree>, IntakeRefusal> {
    for _ in 1..MAX_NESTED_ARCHIVES {
        if tree.listing().rust_files().next().is_some() {
            return Ok(tree);
        }
        match open_inner(tree, handout, limits)? {
            InnerArchive::Opened(archive) => tree = archive,
            InnerArchive::Absent(tree) => return Ok(tree),
        }
    }
    let listing = tree.listing();
    match root::inner_archive(listing, handout) {
        Ok(Some(deeper)) if listing.rust_files().next().is_none() => {
            Err(IntakeRefusal::NestedArchives { archive: deeper.path })
        }
        _ => Ok(tree),
    }
}

/// The archive inside a submission.
enum InnerArchive {
    Opened(Box<dyn FileTree>),
    /// There is none: the submission itself.
    Absent(Box<dyn FileTree>),
}

/// Opens the archive inside `tree` that is to be graded in its place, if any.
fn open_inner(
    mut tree: Box<dyn FileTree>,
    handout: &HandoutView,
    limits: &CollectLimits,
) -> Result<InnerArchive, IntakeRefusal> {
    let found = match root::inner_archive(tree.listing(), handout) {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(InnerArchive::Absent(tree)),
        Err(why) => first_of_equal_archives(tree.as_mut(), handout, limits).ok_or(why)?,
    };
    let packed = tree.read(found.at, limits.packed_bytes);
    let opened = packed.and_then(|packed| archive::parse(packed, limits));
    opened.map(InnerArchive::Opened).map_err(|why| why.inside(&found.path))
}

/// The first of several archives, if all have the same contents.
fn first_of_equal_archives(
    tree: &mut dyn FileTree,
    handout: &HandoutView,
    limits: &CollectLimits,
) -> Option<tree::ListedFile> {
    let archives = root::inner_archives(tree.listing(), handout);
    let mut content = |file: &tree::ListedFile| {
        let packed = tree.read(file.at, limits.packed_bytes).ok()?;
        fingerprint::of_tree(archive::parse(packed, limits).ok()?.as_mut(), limits)
    };
    let (first, rest) = archives.split_first()?;
    let of_first = content(first)?;
    let all_equal = !rest.is_empty() && rest.iter().all(|file| content(file) == Some(of_first));
    all_equal.then(|| first.clone())
}

/// Hash of the names and contents of collected sources.
fn content_hash(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hasher = FieldHasher::new(b"sources v1");
    for (name, content) in files {
        hasher.field(name.as_bytes());
        hasher.field(content);
    }
    hasher.hash().to_hex().to_string()
}
