//! Zip archives.

use super::CollectLimits;
use super::archive::{self, MemberPath, damaged};
use super::tree::{self, FileListing, FileTree, ListedFile, SpecialFile};
use grader_model::IntakeRefusal;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read};
use zip::read::ZipFileEntry;
use zip::result::ZipError;
use zip::{CompressionMethod, System, ZipArchive};

/// The bits of a Unix file mode with the kind of file.
const KIND: u32 = 0o170_000;
/// The accepted kinds: none stated, regular file, folder.
const PLAIN: [u32; 3] = [0, 0o100_000, 0o040_000];

/// A zip archive in memory whose directory is checked.
pub(super) struct ZipTree {
    listing: FileListing,
    archive: ZipArchive<Cursor<Vec<u8>>>,
}

impl ZipTree {
    /// Reads the archive's directory. Decompresses only files that occur twice.
    ///
    /// # Cost
    /// Memory: a small multiple of the directory, whose entries are counted before it is parsed.
    pub fn list(packed: Vec<u8>, limits: &CollectLimits) -> Result<Self, IntakeRefusal> {
        if directory_entries(&packed) > limits.archive_entries {
            return Err(IntakeRefusal::TooManyEntries { limit: limits.archive_entries });
        }
        let packed_size = packed.len() as u64;
        let mut archive = ZipArchive::new(Cursor::new(packed)).map_err(|why| broken(&why))?;
        if archive.has_duplicate_names() {
            archive = with_distinct_names(archive)?;
        }
        if archive.has_overlapping_files().map_err(|why| broken(&why))? {
            return Err(IntakeRefusal::OverlappingEntries);
        }
        let members = MemberList::of(&archive, packed_size, limits)?;
        let special = members.special;
        let listing =
            FileListing { special, ..FileListing::new(members.listed, members.skipped_config) };
        let mut zipped = Self { listing, archive };
        zipped.drop_repeated(limits);
        Ok(zipped)
    }

    /// Drops repeated files with the same path and content. Two different contents are kept, and refused
    /// later if the file is needed.
    fn drop_repeated(&mut self, limits: &CollectLimits) {
        let files = std::mem::take(&mut self.listing.files);
        let mut kept: Vec<ListedFile> = Vec::with_capacity(files.len());
        for file in files {
            let first = kept.last().filter(|last| last.path == file.path).map(|last| last.at);
            let same = first.is_some_and(|first| {
                let one = self.read(first, limits.file_bytes);
                one.is_ok() && one == self.read(file.at, limits.file_bytes)
            });
            if !same {
                kept.push(file);
            }
        }
        self.listing.files = kept;
    }
}

impl FileTree for ZipTree {
    fn listing(&self) -> &FileListing {
        &self.listing
    }

    fn read(&mut self, at: usize, cap: u64) -> Result<Vec<u8>, IntakeRefusal> {
        if self.archive.by_index_data(at).is_ok_and(|entry| entry.encrypted()) {
            return Err(IntakeRefusal::Encrypted);
        }
        let entry = self.archive.by_index(at).map_err(|why| broken(&why))?;
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(unsupported("its compression"));
        }
        let declared = entry.size();
        let mut content = Vec::new();
        // Read one byte more than declared or allowed, to detect a larger file.
        let read = entry.take(declared.min(cap) + 1).read_to_end(&mut content);
        let got = content.len() as u64;
        match read {
            _ if got > cap => Err(tree::too_large(cap)),
            _ if got > declared => Err(IntakeRefusal::SizeMismatch { declared }),
            // The library also stops at the declared size, and reports it only in its message.
            Err(why) if why.to_string().contains("declared uncompressed") => {
                Err(IntakeRefusal::SizeMismatch { declared })
            }
            Err(why) => Err(damaged(&why.to_string())),
            Ok(_) if got < declared => Err(IntakeRefusal::SizeMismatch { declared }),
            Ok(_) => Ok(content),
        }
    }
}

/// The entries of the archive's directory.
#[derive(Default)]
struct MemberList {
    listed: Vec<ListedFile>,
    skipped_config: Vec<String>,
    special: Vec<SpecialFile>,
}

impl MemberList {
    fn of(
        archive: &ZipArchive<Cursor<Vec<u8>>>,
        packed_size: u64,
        limits: &CollectLimits,
    ) -> Result<Self, IntakeRefusal> {
        let slashes = archive.file_names_raw().any(|name| name.contains(&b'/'));
        let mut members = Self::default();
        let mut sources = 0_u64;
        for at in 0..archive.len() {
            let entry = &archive.by_index_data(at).map_err(|why| broken(&why))?;
            let name = name(entry, slashes);
            let path = match archive::member_path(&name, limits)? {
                MemberPath::Skipped(skipped_config) => {
                    members.skipped_config.extend(skipped_config);
                    continue;
                }
                MemberPath::LeftOut(special) => {
                    members.special.push(special);
                    continue;
                }
                MemberPath::Accepted(path) => path,
            };
            if entry.is_dir() || name.ends_with(b"/") || path.is_empty() {
                continue;
            }
            if let Some(what) = special(entry) {
                members.special.push(SpecialFile { path, what });
                continue;
            }
            if tree::is_rust(&path) {
                sources = sources.saturating_add(entry.size());
            }
            members.listed.push(ListedFile { path, size: entry.size(), at });
        }
        let roomy = limits.total_bytes.max(packed_size.saturating_mul(limits.archive_ratio));
        if sources > roomy {
            return Err(IntakeRefusal::ArchiveBomb { ratio: limits.archive_ratio });
        }
        Ok(members)
    }
}

/// An entry's name, as bytes of a path with `/`.
///
/// Old Windows programs write backslashes as separators and letters in the code page of DOS. On other systems
/// a backslash is part of a name. `slashes`: some name in the archive contains a `/`.
fn name<'a>(entry: &'a ZipFileEntry<'_>, slashes: bool) -> Cow<'a, [u8]> {
    let raw = entry.name_raw();
    let windows = matches!(entry.system(), System::Dos | System::WindowsNTFS | System::Os2);
    let mut name = Cow::Borrowed(raw);
    if windows
        && std::str::from_utf8(raw).is_err()
        && let Ok(decoded) = entry.name()
    {
        name = Cow::Owned(decoded.into_owned().into_bytes());
    }
    if (windows || !slashes) && name.contains(&b'\\') {
        let to_slash = |byte: &u8| if *byte == b'\\' { b'/' } else { *byte };
        name = Cow::Owned(name.iter().map(to_slash).collect());
    }
    name
}

/// The description of an entry that is neither a file nor a folder.
fn special(entry: &ZipFileEntry<'_>) -> Option<&'static str> {
    let kind = entry.unix_mode().unwrap_or(0) & KIND;
    if entry.is_symlink() {
        return Some("a symbolic link");
    }
    (!PLAIN.contains(&kind)).then_some("a device, a pipe or a socket")
}

/// The number of directory entry signatures, which bounds the memory of the parser.
fn directory_entries(packed: &[u8]) -> usize {
    packed.windows(4).filter(|bytes| bytes == b"PK\x01\x02").count()
}

/// The archive with `./` before each repeated name. The path is the same, but the library's index stores
/// only one entry per name.
fn with_distinct_names(
    archive: ZipArchive<Cursor<Vec<u8>>>,
) -> Result<ZipArchive<Cursor<Vec<u8>>>, IntakeRefusal> {
    let start = usize::try_from(archive.central_directory_start()).unwrap_or(usize::MAX);
    let packed = archive.into_inner().into_inner();
    let renamed =
        directory_with_distinct_names(&packed, start).ok_or(IntakeRefusal::RepeatedEntry)?;
    ZipArchive::new(Cursor::new(renamed)).map_err(|why| broken(&why))
}

/// Copies the archive: the files, the directory with changed names, and the end record. `None` for a large
/// archive (zip64), which has a different end record.
fn directory_with_distinct_names(packed: &[u8], start: usize) -> Option<Vec<u8>> {
    let mut seen: HashMap<&[u8], usize> = HashMap::new();
    let mut out = packed.get(..start)?.to_vec();
    let mut rest = packed.get(start..)?;
    while rest.starts_with(b"PK\x01\x02") {
        let (header, behind) = rest.split_at_checked(46)?;
        let length = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
        let (name, behind) = behind.split_at_checked(length(28))?;
        let (extra, behind) = behind.split_at_checked(length(30) + length(32))?;
        let times = seen.entry(name).or_default();
        let front = b"./".repeat(*times);
        *times += 1;
        let named = u16::try_from(front.len() + name.len()).ok()?;
        out.extend(&header[..28]);
        out.extend(named.to_le_bytes());
        out.extend(&header[30..]);
        out.extend([&front, name, extra].concat());
        rest = behind;
    }
    let end = rest.starts_with(b"PK\x05\x06").then_some(rest)?;
    let size = u32::try_from(out.len() - start).ok()?;
    out.extend(end.get(..12)?);
    out.extend(size.to_le_bytes());
    out.extend(end.get(16..)?);
    Some(out)
}

fn broken(why: &ZipError) -> IntakeRefusal {
    match why {
        ZipError::UnsupportedArchive(feature) => unsupported(feature),
        _ => damaged(&why.to_string()),
    }
}

fn unsupported(feature: &str) -> IntakeRefusal {
    IntakeRefusal::UnsupportedZipFeature { feature: feature.into() }
}
