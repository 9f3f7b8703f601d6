//! Zip archives.

use super::archive::{bomb, damaged, size_lie, twice};
use super::tree::{self, Listed, Listing, Tree};
use super::{CollectLimits, Refusal, folder, names};
use std::collections::HashSet;
use std::io::{Cursor, Read};
use zip::read::ZipFileEntry;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

/// What a Unix file mode says about the kind of file.
const KIND: u32 = 0o170_000;
/// The kinds that are fine: none stated, regular file, folder.
const PLAIN: [u32; 3] = [0, 0o100_000, 0o040_000];

/// A zip archive in memory whose directory was checked.
pub(super) struct Zipped {
    listing: Listing,
    archive: ZipArchive<Cursor<Vec<u8>>>,
}

impl Zipped {
    /// Reads the archive's directory; decompresses nothing.
    ///
    /// # Cost
    /// Memory: a small multiple of the directory, whose entries are counted before it is parsed.
    pub fn list(packed: Vec<u8>, limits: &CollectLimits) -> Result<Self, Refusal> {
        let packed_size = packed.len() as u64;
        if directory_entries(&packed) > limits.archive_entries {
            return Err(tree::too_many_entries(limits.archive_entries));
        }
        let mut archive = ZipArchive::new(Cursor::new(packed)).map_err(|why| broken(&why))?;
        if archive.has_duplicate_names() {
            let start = usize::try_from(archive.central_directory_start()).unwrap_or(usize::MAX);
            return Err(twice(&first_duplicate(archive.into_inner().get_ref(), start)));
        }
        if archive.has_overlapping_files().map_err(|why| broken(&why))? {
            return Err(overlapping());
        }
        let mut entries = Entries { limits, listed: vec![], noticed: vec![], total: 0 };
        for at in 0..archive.len() {
            let entry = archive.by_index_data(at).map_err(|why| broken(&why))?;
            entries.add(at, &entry)?;
        }
        let roomy = limits.total_bytes.max(packed_size.saturating_mul(limits.archive_ratio));
        if entries.total > roomy {
            return Err(bomb(limits));
        }
        all_different(&entries.listed)?;
        Ok(Self { listing: Listing::new(entries.listed, entries.noticed), archive })
    }
}

impl Tree for Zipped {
    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn read(&mut self, at: usize, cap: u64) -> Result<Vec<u8>, Refusal> {
        let entry = self.archive.by_index(at).map_err(|why| broken(&why))?;
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(unsupported("its compression"));
        }
        let declared = entry.size();
        let mut content = Vec::new();
        // One byte more than declared or allowed is enough to see that it is too many.
        let read = entry.take(declared.min(cap) + 1).read_to_end(&mut content);
        let got = content.len() as u64;
        match read {
            _ if got > cap => Err(tree::too_large(cap)),
            _ if got > declared => Err(size_lie(declared)),
            // The library stops at the declared size too, and tells so only in words.
            Err(why) if why.to_string().contains("declared uncompressed") => {
                Err(size_lie(declared))
            }
            Err(why) => Err(damaged(&why.to_string())),
            Ok(_) if got < declared => Err(size_lie(declared)),
            Ok(_) => Ok(content),
        }
    }
}

struct Entries<'a> {
    limits: &'a CollectLimits,
    listed: Vec<Listed>,
    noticed: Vec<String>,
    total: u64,
}

impl Entries<'_> {
    fn add(&mut self, at: usize, entry: &ZipFileEntry<'_>) -> Result<(), Refusal> {
        let parts = names::path(entry.name_raw())?;
        self.total = self.total.saturating_add(entry.size());
        if tree::passed_over(&parts) {
            self.noticed.extend(tree::noticed(&parts));
            return Ok(());
        }
        let path = parts.join("/");
        if parts.len() > self.limits.depth {
            return Err(tree::too_deep(&path, self.limits.depth));
        }
        plain(entry).map_err(|why| why.inside(&path))?;
        if !entry.is_dir() {
            self.listed.push(Listed { path, size: entry.size(), at });
        }
        Ok(())
    }
}

fn plain(entry: &ZipFileEntry<'_>) -> Result<(), Refusal> {
    let kind = entry.unix_mode().unwrap_or(0) & KIND;
    if entry.is_symlink() {
        return Err(folder::not_a_plain_file("a symbolic link"));
    }
    if !PLAIN.contains(&kind) {
        return Err(folder::not_a_plain_file("a device, a pipe or a socket"));
    }
    if entry.encrypted() {
        return Err(Refusal::mishap("This is encrypted. Pack the archive without a password."));
    }
    Ok(())
}

/// How often the signature of a directory entry occurs, which bounds what the parser will hold.
fn directory_entries(packed: &[u8]) -> usize {
    packed.windows(4).filter(|bytes| bytes == b"PK\x01\x02").count()
}

/// The library keeps one entry of a name, so the second is looked for in the directory itself.
fn first_duplicate(packed: &[u8], start: usize) -> String {
    let mut seen = HashSet::new();
    let mut rest = packed.get(start..).unwrap_or_default();
    while let Some((header, behind)) = rest.split_at_checked(46) {
        let length = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
        let Some(name) = behind.get(..length(28)) else { break };
        if !seen.insert(name) {
            return names::shown(name);
        }
        rest = behind.get(length(28) + length(30) + length(32)..).unwrap_or_default();
    }
    "a name".into()
}

fn overlapping() -> Refusal {
    Refusal::attack(
        "Files of the archive share the same bytes, as in an archive bomb: it is not opened \
         further. Pack it again with an ordinary program.",
    )
}

fn all_different(listed: &[Listed]) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    match listed.iter().find(|file| !seen.insert(&file.path)) {
        Some(file) => Err(twice(&file.path)),
        None => Ok(()),
    }
}

fn broken(why: &ZipError) -> Refusal {
    match why {
        ZipError::UnsupportedArchive(feature) => unsupported(feature),
        _ => damaged(&why.to_string()),
    }
}

fn unsupported(feature: &str) -> Refusal {
    Refusal::mishap(format!(
        "The archive uses a feature that is not read here ({feature}). Pack it as an ordinary zip \
         (method `deflate`)."
    ))
}
