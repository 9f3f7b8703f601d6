//! A submission that is an archive, told by its first bytes and held in memory.

use super::tarball::Tarball;
use super::tree::{self, Tree};
use super::zipped::Zipped;
use super::{CollectLimits, Refusal, folder};
use std::path::Path;

/// Reads an archive that lies in the class folder.
pub(super) fn open(path: &Path, limits: &CollectLimits) -> Result<Box<dyn Tree>, Refusal> {
    let packed = folder::read_regular(path, None, limits.packed_bytes, too_large)?;
    parse(packed, limits)
}

/// Lists an archive. What lies inside of it as an archive again is never opened.
pub(super) fn parse(packed: Vec<u8>, limits: &CollectLimits) -> Result<Box<dyn Tree>, Refusal> {
    match packed[..] {
        [] => Err(Refusal::mishap("The archive is empty (0 bytes). Upload it again.")),
        [b'P', b'K', ..] => Ok(Box::new(Zipped::list(packed, limits)?)),
        [0x1F, 0x8B, ..] => Ok(Box::new(Tarball::list(&packed, limits)?)),
        [b'R', b'a', b'r', b'!', ..] => Err(wrong("a RAR archive")),
        [b'7', b'z', 0xBC, 0xAF, ..] => Err(wrong("a 7z archive")),
        [0xFD, b'7', b'z', b'X', b'Z', ..] => Err(wrong("compressed with xz")),
        _ => Err(wrong("neither a zip nor a gzip archive, whatever its name says")),
    }
}

fn wrong(what: &str) -> Refusal {
    Refusal::mishap(format!("The file is {what}. Hand in .zip or .tar.gz."))
}

fn too_large(cap: u64) -> Refusal {
    Refusal::mishap(format!(
        "The archive is larger than {}. Pack the folder `src` alone, without `target`.",
        tree::size(cap)
    ))
}

/// An archive that cannot be decoded; `why` is in the library's words.
pub(super) fn damaged(why: &str) -> Refusal {
    let why = super::names::shown(why.as_bytes());
    Refusal::mishap(format!(
        "The archive is damaged or cut short ({why}). Pack and upload it again."
    ))
}

/// An archive that unpacks to far more than it holds.
pub(super) fn bomb(limits: &CollectLimits) -> Refusal {
    Refusal::attack(format!(
        "The archive unpacks to more than {} times its size: it is not opened further. Pack the \
         folder `src` alone.",
        limits.archive_ratio
    ))
}

/// An entry whose real size is not the declared one.
pub(super) fn size_lie(declared: u64) -> Refusal {
    Refusal::attack(format!(
        "The archive declares {declared} bytes for this file and holds another number. Pack it \
         again with an ordinary program."
    ))
}

/// A path that occurs a second time in one archive.
pub(super) fn twice(name: &str) -> Refusal {
    Refusal::attack(format!(
        "The archive holds `{name}` twice. Which one counts cannot be told: pack it again."
    ))
}
