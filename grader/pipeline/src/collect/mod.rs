//! Stage 1: taking the sources out of a folder or an archive.
//!
//! What is handed in is untrusted from its first byte, its file names included. This stage takes
//! `src/**/*.rs` and nothing else: the manifest, the build script, the compiler and its flags are
//! the course's own. Nothing is ever unpacked to disk: files are read one by one into memory,
//! each against a cap, and stored under names that were checked.
//!
//! The order of work, for a folder and for an archive alike: *list* names and sizes ([`folder`],
//! [`archive`]), *locate* the folder `src` among them ([`root`]), *choose* the files, *read* and
//! normalise them ([`text`]). Links, devices and names that lead elsewhere refuse the whole
//! submission; a single unreadable text only leaves that file out, with a note.
//!
//! While a folder is read, nobody else may write to it: files are opened without following links
//! and compared with what the walk saw, but a class folder that students can still change is not
//! a hand-in.

mod archive;
mod choose;
mod discover;
mod extras;
mod folder;
mod module;
mod names;
mod root;
mod tarball;
mod text;
pub mod token_scan;
mod tree;
mod zipped;

pub use discover::{CollectError, Discovery, Found, Kind, Unusable, discover, entry_owner, single};
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
    /// Whether it has the shape of an attack (a link, a path that leads out, a bomb) rather than
    /// of a mishap (too large, unreadable, damaged).
    pub security: bool,
}

impl Refusal {
    /// Something that no honest hand-in contains.
    fn attack(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), security: true }
    }

    /// A mishap.
    fn mishap(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), security: false }
    }

    /// The same, found inside `place`.
    fn inside(self, place: &str) -> Self {
        Self { reason: format!("In `{place}`: {}", self.reason), ..self }
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
            file_bytes: 1 << 20,
            total_bytes: 8 << 20,
            files: 500,
            depth: 12,
            archive_ratio: 200,
            archive_entries: 10_000,
            packed_bytes: 64 << 20,
            unpacked_bytes: 512 << 20,
        }
    }
}

/// Takes the sources of `module` (its slug) out of one submission.
///
/// # Errors
/// A [`Refusal`] tells the student what was refused and what to hand in instead.
///
/// # Cost
/// Memory: an archive's packed size plus the sources. Time: one listing and one reading.
pub fn collect(found: &Found, module: &str, limits: &CollectLimits) -> Result<Sources, Refusal> {
    take(open(found, module, limits)?.as_mut(), module, limits)
}

/// [`collect`], for an archive that is held in memory: whatever its name says, its first bytes tell
/// what it is.
///
/// # Errors
/// As [`collect`].
pub fn unpack(packed: Vec<u8>, module: &str, limits: &CollectLimits) -> Result<Sources, Refusal> {
    take(archive::parse(packed, limits)?.as_mut(), module, limits)
}

fn take(tree: &mut dyn Tree, module: &str, limits: &CollectLimits) -> Result<Sources, Refusal> {
    let root = root::locate(tree.listing(), module)?;
    let chosen = choose::sources(tree.listing(), &root, limits)?;
    let mut notes = root.notes.clone();
    notes.extend(chosen.notes);
    notes.extend(extras::notes(tree.listing(), &root));
    let files = read(tree, &chosen.files, limits, &mut notes)?;
    Ok(Sources { content_hash: content_hash(&files), files, notes })
}

/// Lists the submission, or the one archive that lies in its folder.
fn open(found: &Found, module: &str, limits: &CollectLimits) -> Result<Box<dyn Tree>, Refusal> {
    if found.kind != Kind::Folder {
        return archive::open(&found.path, limits);
    }
    let mut folder = folder::Folder::walk(&found.path, limits)?;
    let Some(inner) = root::inner_archive(folder.listing(), module)? else {
        return Ok(Box::new(folder));
    };
    let packed =
        folder.read(inner.at, limits.packed_bytes).map_err(|why| why.inside(&inner.path))?;
    archive::parse(packed, limits).map_err(|why| why.inside(&inner.path))
}

fn read(
    tree: &mut dyn Tree,
    chosen: &[choose::Chosen],
    limits: &CollectLimits,
    notes: &mut Vec<String>,
) -> Result<BTreeMap<String, Vec<u8>>, Refusal> {
    let mut files = BTreeMap::new();
    let mut total = 0;
    for file in chosen {
        let content =
            tree.read(file.at, limits.file_bytes).map_err(|why| why.inside(&file.name))?;
        total += content.len() as u64;
        if total > limits.total_bytes {
            return Err(choose::too_much_in_all(limits));
        }
        if let Some(content) = text::normalise(&file.name, content, notes) {
            files.insert(file.name.clone(), content);
        }
    }
    if files.is_empty() {
        let why = "No source file could be read as text";
        return Err(Refusal::mishap(format!("{why}. {}", notes.join(" "))));
    }
    Ok(files)
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
