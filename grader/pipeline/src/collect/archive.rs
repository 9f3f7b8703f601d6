//! A submission that is an archive, told by its first bytes and held in memory.

use super::names::Packing;
use super::tarball::{self, Tarball};
use super::tree::{self, Special, Tree};
use super::zipped::Zipped;
use super::{CollectLimits, Refusal, folder, names};
use std::path::Path;

/// Reads an archive that lies in the class folder.
pub(super) fn open(path: &Path, limits: &CollectLimits) -> Result<Box<dyn Tree>, Refusal> {
    let packed = folder::read_regular(path, None, limits.packed_bytes, too_large)?;
    parse(packed, limits)
}

/// How many bytes at the beginning tell what an archive is.
pub(super) const TOLD_BY: u64 = 512;

/// The format of an archive that begins with these bytes, of which [`TOLD_BY`] are enough.
pub(super) fn packing(begin: &[u8]) -> Option<Packing> {
    match begin {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Some(Packing::Zip),
        [0x1F, 0x8B, ..] => Some(Packing::TarGz),
        _ if tarball::is_header(begin) => Some(Packing::Tar),
        _ => other_format(begin).map(|_| Packing::Other),
    }
}

/// In words, what archive of another format begins with these bytes.
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

/// Lists an archive of any format that is read here, told by its first bytes.
pub(super) fn parse(packed: Vec<u8>, limits: &CollectLimits) -> Result<Box<dyn Tree>, Refusal> {
    match packed[..] {
        [] => Err(Refusal::new("The archive is empty (0 bytes). Upload it again.")),
        [b'P', b'K', ..] => Ok(Box::new(Zipped::list(packed, limits)?)),
        [0x1F, 0x8B, ..] => Ok(Box::new(Tarball::list_compressed(&packed, limits)?)),
        _ if tarball::is_header(&packed) => Ok(Box::new(Tarball::list_plain(&packed, limits)?)),
        _ => Err(wrong(
            other_format(&packed)
                .unwrap_or("neither a zip nor a tar archive, whatever its name says"),
        )),
    }
}

fn wrong(what: &str) -> Refusal {
    Refusal::new(format!("The file is {what}. Hand in the folder `src` as .zip or .tar.gz."))
}

fn too_large(cap: u64) -> Refusal {
    Refusal::new(format!(
        "The archive is larger than {}. Pack the folder `src` alone, without `target`.",
        tree::size(cap)
    ))
}

/// An archive that cannot be decoded; `why` is in the library's words.
pub(super) fn damaged(why: &str) -> Refusal {
    let why = names::shown(why.as_bytes());
    Refusal::new(format!("The archive is damaged or cut short ({why}). Pack and upload it again."))
}

/// A source file that unpacks to far more than its archive holds.
pub(super) fn bomb(limits: &CollectLimits) -> Refusal {
    Refusal::new(format!(
        "The archive unpacks to more than {} times its size: it is not opened further. Pack the \
         folder `src` alone.",
        limits.archive_ratio
    ))
}

/// An entry whose real size is not the declared one.
pub(super) fn size_lie(declared: u64) -> Refusal {
    Refusal::new(format!(
        "The archive declares {declared} bytes for this file and holds another number. Pack it \
         again with an ordinary program."
    ))
}

/// What becomes of a member of an archive, by its name.
pub(super) enum Place {
    /// It is litter; whether the student is told.
    Skipped(Option<String>),
    /// It cannot be taken; what it is.
    LeftOut(Special),
    /// Its path, checked. Empty for the archive's own folder.
    At(String),
}

/// Where the member of this name belongs.
///
/// # Errors
/// A name that leads out of the archive. Anything else that cannot be taken is no reason to refuse the rest:
/// no module has such a name.
pub(super) fn place(raw: &[u8], limits: &CollectLimits) -> Result<Place, Refusal> {
    let parts = match names::path(raw) {
        Ok(parts) => parts,
        Err(why) if names::leads_out(raw) => return Err(why),
        Err(_) => return Ok(unusual(raw)),
    };
    if tree::passed_over(&parts) {
        return Ok(Place::Skipped(tree::noticed(&parts)));
    }
    let path = parts.join("/");
    let too_deep = parts.len() > limits.depth;
    let left_out = |path| Place::LeftOut(Special { path, what: "too many folders deep" });
    Ok(if too_deep { left_out(path) } else { Place::At(path) })
}

/// A member whose name not every system can write.
fn unusual(raw: &[u8]) -> Place {
    const SHOWN: usize = 120;
    let text = String::from_utf8_lossy(raw);
    let parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if tree::passed_over(&parts) {
        return Place::Skipped(None);
    }
    let path = names::shown(&raw[..raw.len().min(SHOWN)]);
    Place::LeftOut(Special { path, what: "an entry whose name not every system can write" })
}
