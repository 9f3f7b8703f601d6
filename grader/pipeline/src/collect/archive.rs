//! Archives in memory: the format, detected from the first bytes, and checks common to zip and tar.

use super::names::ArchiveFormat;
use super::tarball::{self, TarTree};
use super::tree::{self, FileTree, SpecialFile};
use super::zipfile::ZipTree;
use super::{CollectLimits, folder, names};
use grader_model::IntakeRefusal;
use std::path::Path;

/// Reads an archive in the class folder.
pub(super) fn open(
    path: &Path,
    limits: &CollectLimits,
) -> Result<Box<dyn FileTree>, IntakeRefusal> {
    let packed = folder::read_regular(path, None, limits.packed_bytes, too_large)?;
    parse(packed, limits)
}

/// The number of leading bytes that determine an archive's format.
pub(super) const SIGNATURE_BYTES: u64 = 512;

/// The format of an archive that begins with these bytes; [`SIGNATURE_BYTES`] of them are enough.
pub(super) fn detect_format(begin: &[u8]) -> Option<ArchiveFormat> {
    match begin {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Some(ArchiveFormat::Zip),
        [0x1F, 0x8B, ..] => Some(ArchiveFormat::TarGz),
        _ if tarball::is_header(begin) => Some(ArchiveFormat::Tar),
        _ => other_format(begin).map(|_| ArchiveFormat::Other),
    }
}

/// The description of an unsupported archive that begins with these bytes.
fn other_format(begin: &[u8]) -> Option<&'static str> {
    match begin {
        [b'R', b'a', b'r', b'!', ..] => Some("a RAR archive"),
        [b'7', b'z', 0xBC, 0xAF, ..] => Some("a 7z archive"),
        [0xFD, b'7', b'z', b'X', b'Z', ..] => Some("compressed with xz"),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some("compressed with bzip2"),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Some("compressed with zstd"),
        _ => None,
    }
}

/// Lists an archive of any supported format, detected from its first bytes.
pub(super) fn parse(
    packed: Vec<u8>,
    limits: &CollectLimits,
) -> Result<Box<dyn FileTree>, IntakeRefusal> {
    match packed[..] {
        [] => Err(IntakeRefusal::EmptyArchive),
        [b'P', b'K', ..] => Ok(Box::new(ZipTree::list(packed, limits)?)),
        [0x1F, 0x8B, ..] => Ok(Box::new(TarTree::list_compressed(&packed, limits)?)),
        _ if tarball::is_header(&packed) => Ok(Box::new(TarTree::list_plain(&packed, limits)?)),
        _ => Err(IntakeRefusal::UnsupportedFormat {
            format: other_format(&packed)
                .unwrap_or("neither a zip nor a tar archive, whatever its name says")
                .into(),
        }),
    }
}

const fn too_large(limit_bytes: u64) -> IntakeRefusal {
    IntakeRefusal::ArchiveTooLarge { limit_bytes }
}

/// Refuses an archive that cannot be decoded; `why` is the library's message.
pub(super) fn damaged(why: &str) -> IntakeRefusal {
    IntakeRefusal::DamagedArchive { problem: names::escaped(why.as_bytes()) }
}

/// The path of an archive member, if the member is taken.
pub(super) enum MemberPath {
    /// The member is litter; holds its path if the student should know.
    Skipped(Option<String>),
    /// The member cannot be taken.
    LeftOut(SpecialFile),
    /// The checked path. Empty for the archive's own folder.
    Accepted(String),
}

/// Checks the name of a member.
///
/// # Errors
/// A name that leads out of the archive. Any other bad name leaves out only this member, because no module
/// has such a name.
pub(super) fn member_path(raw: &[u8], limits: &CollectLimits) -> Result<MemberPath, IntakeRefusal> {
    let parts = match names::checked_path(raw) {
        Ok(parts) => parts,
        Err(why) if names::escapes_archive(raw) => return Err(why),
        Err(_) => return Ok(unportable(raw)),
    };
    if tree::is_skipped(&parts) {
        return Ok(MemberPath::Skipped(tree::skipped_config(&parts)));
    }
    let path = parts.join("/");
    let too_deep = parts.len() > limits.depth;
    let left_out = |path| MemberPath::LeftOut(SpecialFile { path, what: "too many folders deep" });
    Ok(if too_deep { left_out(path) } else { MemberPath::Accepted(path) })
}

/// A member whose name is not valid on every system.
fn unportable(raw: &[u8]) -> MemberPath {
    const SHOWN: usize = 120;
    let text = String::from_utf8_lossy(raw);
    let parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if tree::is_skipped(&parts) {
        return MemberPath::Skipped(None);
    }
    let path = names::escaped(&raw[..raw.len().min(SHOWN)]);
    MemberPath::LeftOut(SpecialFile {
        path,
        what: "an entry whose name not every system can write",
    })
}
