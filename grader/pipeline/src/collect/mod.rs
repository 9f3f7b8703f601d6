//! Stage 1: taking the sources out of a folder or an archive.
//!
//! What is handed in is untrusted from its first byte, its file names included. This stage takes
//! what `src/lib.rs` reaches and nothing else: the manifest, the build script, the compiler and its
//! flags are the course's own. Nothing is ever unpacked to disk: files are read one by one into memory,
//! each against a cap, and stored under names that were checked.
//!
//! The order of work, for a folder and for an archive alike: *list* names and sizes ([`folder`],
//! [`archive`]), *locate* the folder `src` among them ([`root`]), and *choose* the files by walking
//! over the modules that they declare ([`choose`], [`module_tree`]). What no module needs is left out
//! with a remark, whatever it is. A link or an unreadable text in the place of a module leads to no
//! grade. Nothing that is found here leads to zero points: a package can be wrong by mistake in every
//! way in which it can be wrong on purpose, and nothing of it is built.
//!
//! While a folder is read, nobody else may write to it: files are opened without following links
//! and compared with what the walk saw, but a class folder that students can still change is not
//! a hand-in.

mod archive;
mod belonging;
mod choose;
mod discover;
mod entry;
mod extras;
mod folder;
mod group;
pub(crate) mod handout;
mod litter;
mod loose;
mod module;
pub(crate) mod module_tree;
mod names;
mod outline;
mod platforms;
mod root;
mod same;
mod tarball;
mod text;
pub mod token_scan;
mod tree;
mod zipped;

pub use discover::{CollectError, Discovery, Found, Kind, Unusable, discover, entry_owner, single};
pub use handout::{Handout, Package};
pub use module::{Candidate, module_of};
pub use names::folded;
pub use token_scan::{Finding, Severity, scan};

use std::collections::BTreeMap;
use std::fmt;
use tree::Tree;

/// What is taken from one submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// Contents by name: `src/timer.rs`, forward slashes, UTF-8. No name is a folder of another.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What was left out or normalised, in the student's terms, one sentence or two each.
    pub notes: Vec<String>,
    /// BLAKE3 (hex) of names and contents: independent of order, times and packing.
    pub content_hash: String,
}

/// Why a submission is not graded. A student's failure, so a value and not an `Err` of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Plain words: what was refused and why, and what to hand in instead. Names in it are
    /// escaped where they hold control characters.
    pub reason: String,
}

impl Refusal {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }

    /// The same, found inside `place`.
    fn inside(self, place: &str) -> Self {
        Self { reason: format!("In `{place}`: {}", self.reason) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// Caps on what one submission may hold. Sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectLimits {
    /// One source file.
    pub file_bytes: u64,
    /// All source files together.
    pub total_bytes: u64,
    /// Source files.
    pub files: usize,
    /// Folders below one another, the file included.
    pub depth: usize,
    /// An archive's unpacked size over its packed size.
    pub archive_ratio: u64,
    /// Entries of an archive or of a folder, files that are not taken included.
    pub archive_entries: usize,
    /// An archive as it lies there, which is held in memory.
    pub packed_bytes: u64,
    /// What is decompressed of a `.tar.gz`, which has to be read from end to end.
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

/// Takes the sources of `module` (its slug) out of one submission, when nothing else is known of the
/// module: what `src/lib.rs` reaches.
///
/// # Errors
/// As [`collect_for`].
pub fn collect(found: &Found, module: &str, limits: &CollectLimits) -> Result<Sources, Refusal> {
    collect_for(found, &Handout::of_name(module), limits)
}

/// Takes the sources of a module out of one submission. They are not completed with what was handed out.
///
/// # Errors
/// A [`Refusal`] tells the student what was refused and what to hand in instead.
///
/// # Cost
/// Memory: an archive's packed size plus the sources. Time: one listing and one reading.
pub fn collect_for(
    found: &Found,
    handout: &Handout,
    limits: &CollectLimits,
) -> Result<Sources, Refusal> {
    take(open(found, handout, limits)?.as_mut(), handout, limits)
}

/// [`collect`], for an archive that is held in memory: whatever its name says, its first bytes tell
/// what it is.
///
/// # Errors
/// As [`collect`].
pub fn unpack(packed: Vec<u8>, module: &str, limits: &CollectLimits) -> Result<Sources, Refusal> {
    let handout = Handout::of_name(module);
    let mut tree = innermost(archive::parse(packed, limits)?, &handout, limits)?;
    take(tree.as_mut(), &handout, limits)
}

fn take(
    tree: &mut dyn Tree,
    handout: &Handout,
    limits: &CollectLimits,
) -> Result<Sources, Refusal> {
    let root = root::locate(tree.listing(), handout)?;
    let chosen = choose::sources(tree, &root, handout, limits)?;
    belonging::check(tree, &root, handout, &chosen.files)?;
    let mut notes = root.notes.clone();
    notes.extend(chosen.notes);
    notes.extend(extras::notes(tree.listing(), &root, &chosen.files));
    Ok(Sources { content_hash: content_hash(&chosen.files), files: chosen.files, notes })
}

/// How many archives inside one another are opened, where a folder or an archive holds nothing else.
const MOST_ARCHIVES_INSIDE: usize = 2;

/// Lists the submission, or the one archive that lies in it.
fn open(
    found: &Found,
    handout: &Handout,
    limits: &CollectLimits,
) -> Result<Box<dyn Tree>, Refusal> {
    let tree = match found.kind {
        Kind::Folder => Box::new(folder::Folder::walk(&found.path, limits)?) as Box<dyn Tree>,
        Kind::Files => Box::new(loose::Files::list(&found.files)),
        Kind::Zip | Kind::TarGz | Kind::Tar => {
            return innermost(archive::open(&found.path, limits)?, handout, limits);
        }
    };
    match inner(tree, handout, limits)? {
        Inner::Archive(archive) => innermost(archive, handout, limits),
        Inner::None(tree) => Ok(tree),
    }
}

/// What is in an archive, or in the archive that it holds in place of sources.
fn innermost(
    mut tree: Box<dyn Tree>,
    handout: &Handout,
    limits: &CollectLimits,
) -> Result<Box<dyn Tree>, Refusal> {
    for _ in 1..MOST_ARCHIVES_INSIDE {
        if tree.listing().rust_files().next().is_some() {
            return Ok(tree);
        }
        match inner(tree, handout, limits)? {
            Inner::Archive(archive) => tree = archive,
            Inner::None(tree) => return Ok(tree),
        }
    }
    let listing = tree.listing();
    match root::inner_archive(listing, handout) {
        Ok(Some(deeper)) if listing.rust_files().next().is_none() => Err(Refusal::new(format!(
            "The submission is an archive in an archive, and in it lies one more, `{}`. Unpack \
                 it, and hand in the folder `src` as one .zip or .tar.gz.",
            deeper.path
        ))),
        _ => Ok(tree),
    }
}

enum Inner {
    Archive(Box<dyn Tree>),
    None(Box<dyn Tree>),
}

/// Opens the archive in `tree` that is to be graded in its place, if any.
fn inner(
    mut tree: Box<dyn Tree>,
    handout: &Handout,
    limits: &CollectLimits,
) -> Result<Inner, Refusal> {
    let found = match root::inner_archive(tree.listing(), handout) {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(Inner::None(tree)),
        Err(why) => equal_archives(tree.as_mut(), handout, limits).ok_or(why)?,
    };
    let packed = tree.read(found.at, limits.packed_bytes);
    let opened = packed.and_then(|packed| archive::parse(packed, limits));
    opened.map(Inner::Archive).map_err(|why| why.inside(&found.path))
}

/// The first of several archives that hold the same.
fn equal_archives(
    tree: &mut dyn Tree,
    handout: &Handout,
    limits: &CollectLimits,
) -> Option<tree::Listed> {
    let archives = root::inner_archives(tree.listing(), handout);
    let mut content = |file: &tree::Listed| {
        let packed = tree.read(file.at, limits.packed_bytes).ok()?;
        same::of_tree(archive::parse(packed, limits).ok()?.as_mut(), limits)
    };
    let (first, rest) = archives.split_first()?;
    let of_first = content(first)?;
    let all_equal = !rest.is_empty() && rest.iter().all(|file| content(file) == Some(of_first));
    all_equal.then(|| first.clone())
}

/// Lengths go in before the bytes, so that moving a byte from one name or file to the next
/// changes the hash.
fn content_hash(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"sources v1");
    for (name, content) in files {
        for part in [name.as_bytes(), content] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    hasher.finalize().to_hex().to_string()
}
