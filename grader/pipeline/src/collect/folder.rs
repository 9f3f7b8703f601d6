//! Submissions that are folders.

use super::tree::{self, FileListing, FileTree, ListedFile, SpecialFile};
use super::{CollectLimits, litter, names};
use grader_model::{IntakeRefusal, ReadProblem};
use rustix::fs::OFlags;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A folder whose files are listed.
#[derive(Debug)]
pub(super) struct FolderTree {
    listing: FileListing,
    files: Vec<DiskFile>,
}

/// A file on disk, with its device and inode when it was listed.
#[derive(Debug)]
struct DiskFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl FolderTree {
    /// Lists the folder, without following any link.
    ///
    /// # Cost
    /// Stops at the first entry beyond the cap, so 100,000 folders cost as much as the cap. Data files have a
    /// separate cap.
    pub fn walk(path: &Path, limits: &CollectLimits) -> Result<Self, IntakeRefusal> {
        let meta = path.symlink_metadata().map_err(|error| unreadable(&error))?;
        if !meta.is_dir() {
            return Err(IntakeRefusal::NotAFolder);
        }
        let mut walk = FolderWalk {
            limits,
            seen: 0,
            counted: 0,
            listed: vec![],
            skipped_config: vec![],
            special: vec![],
            files: vec![],
        };
        walk.folder(path, &mut vec![])?;
        let special = walk.special;
        let listing = FileListing { special, ..FileListing::new(walk.listed, walk.skipped_config) };
        Ok(Self { listing, files: walk.files })
    }
}

impl FileTree for FolderTree {
    fn listing(&self) -> &FileListing {
        &self.listing
    }

    fn read(&mut self, at: usize, cap: u64) -> Result<Vec<u8>, IntakeRefusal> {
        let file = &self.files[at];
        read_regular(&file.path, Some(file.identity), cap, tree::too_large)
    }
}

/// The cap on visited entries, as a multiple of the cap on counted ones: litter and data sets have tens of
/// thousands of files.
const SEEN_PER_LISTED: usize = 20;

/// The description of the first file that is not listed because there are too many.
const DATA_SET: &str = "part of a large data set";

struct FolderWalk<'a> {
    limits: &'a CollectLimits,
    /// All visited entries.
    seen: usize,
    /// Entries that count against the limit.
    counted: usize,
    listed: Vec<ListedFile>,
    skipped_config: Vec<String>,
    special: Vec<SpecialFile>,
    files: Vec<DiskFile>,
}

impl FolderWalk<'_> {
    fn folder(&mut self, folder: &Path, above: &mut Vec<String>) -> Result<(), IntakeRefusal> {
        let entries = self.entries(folder).map_err(|why| match above[..] {
            [] => why,
            _ => why.inside(&above.join("/")),
        })?;
        let shown = entries.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        if litter::is_build_folder(above, &shown) {
            return Ok(());
        }
        for name in entries {
            let depth = above.len();
            match checked_components(&name) {
                Some(parts) => {
                    above.extend(parts);
                    self.entry(&folder.join(&name), above)?;
                }
                None if is_litter(&name) => {}
                None => {
                    above.push(names::escaped(name.as_bytes()));
                    self.leave_out(above, "an entry whose name not every system can write");
                }
            }
            above.truncate(depth);
        }
        Ok(())
    }

    /// The names in a folder, in order.
    fn entries(&mut self, folder: &Path) -> Result<BTreeSet<OsString>, IntakeRefusal> {
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(folder).map_err(|error| unreadable(&error))? {
            names.insert(entry.map_err(|error| unreadable(&error))?.file_name());
            self.seen += 1;
            let most = self.limits.archive_entries.saturating_mul(SEEN_PER_LISTED);
            if self.seen > most {
                return Err(IntakeRefusal::TooManyEntries { limit: most });
            }
        }
        Ok(names)
    }

    fn entry(&mut self, path: &Path, parts: &mut Vec<String>) -> Result<(), IntakeRefusal> {
        if tree::is_skipped(parts) {
            self.skipped_config.extend(tree::skipped_config(parts));
            return Ok(());
        }
        let shown = parts.join("/");
        let meta = path.symlink_metadata().map_err(|error| unreadable(&error).inside(&shown))?;
        if parts.len() > self.limits.depth {
            self.leave_out(parts, "too many folders deep");
            return Ok(());
        }
        if meta.is_file() && !tree::is_source_or_archive(&shown) {
            // A data file is listed because a source may include it.
            if self.files.len() < self.limits.archive_entries {
                self.list(shown, path, &meta);
            } else if self.special.last().is_none_or(|last| last.what != DATA_SET) {
                self.leave_out(parts, DATA_SET);
            }
            return Ok(());
        }
        self.counted += 1;
        if self.counted > self.limits.archive_entries {
            return Err(IntakeRefusal::TooManyEntries { limit: self.limits.archive_entries });
        }
        if meta.is_dir() {
            return self.folder(path, parts);
        }
        match special(&meta) {
            Some(what) => self.leave_out(parts, what),
            None => self.list(shown, path, &meta),
        }
        Ok(())
    }

    fn list(&mut self, shown: String, path: &Path, meta: &Metadata) {
        self.listed.push(ListedFile { path: shown, size: meta.len(), at: self.files.len() });
        self.files.push(DiskFile { path: path.to_owned(), identity: identity(meta) });
    }

    fn leave_out(&mut self, parts: &[String], what: &'static str) {
        if self.special.len() < self.limits.archive_entries {
            self.special.push(SpecialFile { path: parts.join("/"), what });
        }
    }
}

fn is_litter(name: &OsStr) -> bool {
    !name.as_bytes().contains(&b'\\') && litter::is_litter_name(&name.to_string_lossy())
}

/// The checked components of a name on disk. There are several if an unpacking program did not treat the
/// backslashes of Windows as separators. `None` for a name that is not taken.
fn checked_components(name: &OsStr) -> Option<Vec<String>> {
    let pieces: Vec<&[u8]> = name.as_bytes().split(|&byte| byte == b'\\').collect();
    if pieces.iter().any(|piece| piece.is_empty() || *piece == b"..") {
        return None;
    }
    pieces.into_iter().map(|piece| names::checked_component(piece, piece).ok()).collect()
}

/// Reads a regular file of at most `cap` bytes; `too_large` makes the refusal of a larger one.
///
/// A link or a FIFO in its place is not read: the last component is not followed, opening does not block,
/// and the opened file is checked again (against `seen`, if the file was listed).
pub(super) fn read_regular(
    path: &Path,
    seen: Option<(u64, u64)>,
    cap: u64,
    too_large: fn(u64) -> IntakeRefusal,
) -> Result<Vec<u8>, IntakeRefusal> {
    let file = open_without_following(path).map_err(|error| unreadable(&error))?;
    let meta = file.metadata().map_err(|error| unreadable(&error))?;
    if let Some(what) = special(&meta) {
        return Err(IntakeRefusal::SpecialFile { kind: what.into() });
    }
    if meta.is_dir() {
        return Err(IntakeRefusal::NotAFile);
    }
    if seen.is_some_and(|seen| seen != identity(&meta)) {
        return Err(IntakeRefusal::ReplacedDuringReading);
    }
    if meta.len() > cap {
        return Err(too_large(cap));
    }
    let mut content = Vec::new();
    let read = file.take(cap + 1).read_to_end(&mut content);
    read.map_err(|error| unreadable(&error))?;
    if content.len() as u64 > cap { Err(too_large(cap)) } else { Ok(content) }
}

/// Opens a file to be read. A link is an error, and neither a pipe nor a terminal has any effect.
pub(super) fn open_without_following(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

fn identity(meta: &Metadata) -> (u64, u64) {
    (meta.dev(), meta.ino())
}

/// The description of an entry that is neither a folder nor a plain file. A file with several hard links is
/// a plain file: backups and build tools make them.
fn special(meta: &Metadata) -> Option<&'static str> {
    let kind = meta.file_type();
    if kind.is_symlink() {
        Some("a symbolic link")
    } else if kind.is_fifo() {
        Some("a named pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else if kind.is_block_device() || kind.is_char_device() {
        Some("a device")
    } else {
        None
    }
}

/// Refuses a file or folder that the grader cannot read.
pub(super) fn unreadable(error: &io::Error) -> IntakeRefusal {
    let problem = match error.kind() {
        io::ErrorKind::PermissionDenied => ReadProblem::NoPermission,
        io::ErrorKind::NotFound => ReadProblem::Gone,
        _ => ReadProblem::FileSystem,
    };
    IntakeRefusal::Unreadable { problem, error: error.kind().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_replaced_or_grown_after_listing_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lib.rs");
        fs::write(&path, "short").unwrap();
        let mut folder = FolderTree::walk(dir.path(), &CollectLimits::default()).unwrap();
        assert_eq!(folder.read(0, 5).unwrap(), b"short");
        fs::write(&path, "longer").unwrap();
        assert!(folder.read(0, 5).unwrap_err().to_string().contains("larger than 5 bytes"));
        // The first file still exists, so the second cannot reuse its inode.
        fs::rename(&path, dir.path().join("old.rs")).unwrap();
        fs::write(&path, "other").unwrap();
        let refusal = folder.read(0, 5).unwrap_err();
        assert!(refusal.to_string().contains("replaced"), "{refusal}");
    }

    /// The second of two checks: listing leaves out a link, and reading refuses it if one was listed.
    #[test]
    fn a_link_created_after_listing_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let secret = dir.path().join("secret");
        let path = dir.path().join("src/lib.rs");
        fs::create_dir(dir.path().join("src")).unwrap();
        fs::write(&secret, "another student's").unwrap();
        fs::write(&path, "mine").unwrap();
        let src = dir.path().join("src");
        let mut folder = FolderTree::walk(&src, &CollectLimits::default()).unwrap();
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&secret, &path).unwrap();
        // Simulate a listing of the link itself.
        folder.files[0].identity = identity(&secret.metadata().unwrap());
        folder.read(0, 1 << 10).unwrap_err();
        fs::remove_file(&path).unwrap();
        fs::hard_link(&secret, &path).unwrap();
        folder.files[0].identity = (0, 0);
        assert!(folder.read(0, 1 << 10).unwrap_err().to_string().contains("replaced"));
    }

    #[test]
    fn the_cap_holds_if_the_file_system_states_no_size() {
        let status = Path::new("/proc/self/status");
        let refusal = read_regular(status, None, 10, tree::too_large).unwrap_err();
        assert!(refusal.to_string().contains("larger than 10 bytes"), "{refusal}");
    }
}
