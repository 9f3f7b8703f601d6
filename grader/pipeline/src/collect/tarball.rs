//! Tar archives, plain and compressed with gzip.

use super::archive::{self, MemberPath, damaged};
use super::tree::{self, FileListing, FileTree, ListedFile, SpecialFile};
use super::{CollectLimits, names};
use flate2::read::MultiGzDecoder;
use grader_model::IntakeRefusal;
use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Read};
use tar::{Archive, Entry, EntryType, Header};

/// The longest path that an extension header may state, in bytes.
const LONGEST_PATH: u64 = 4096;
/// The longest block of extended attributes before an entry, in bytes.
const LONGEST_EXTENSION: u64 = 1 << 20;
/// The size of a header, in bytes.
const BLOCK: usize = 512;

/// A tar archive, read once: the names of all files, and the contents of files that may be needed.
pub(super) struct TarTree {
    listing: FileListing,
    contents: Vec<Option<Vec<u8>>>,
}

type CappedSource<'a> = CappedReader<'a, Box<dyn Read + 'a>>;

/// Whether these bytes start with a tar header whose checksum is correct.
pub(super) fn is_header(begin: &[u8]) -> bool {
    let Some(block) = begin.get(..BLOCK) else { return false };
    // In the checksum, its own eight bytes count as blanks.
    let outside = block[..148].iter().chain(&block[156..]);
    let sum = outside.map(|byte| u32::from(*byte)).sum::<u32>() + 8 * u32::from(b' ');
    sum > 8 * u32::from(b' ')
        && Header::from_byte_slice(block).cksum().is_ok_and(|stated| stated == sum)
}

impl TarTree {
    /// Reads a plain archive from end to end.
    ///
    /// # Cost
    /// As [`TarTree::list_compressed`].
    pub fn list_plain(packed: &[u8], limits: &CollectLimits) -> Result<Self, IntakeRefusal> {
        Self::list(Box::new(packed), limits)
    }

    /// Decompresses and reads an archive from end to end.
    ///
    /// Extension headers are read here and not by the library, which accepts a path of any length.
    ///
    /// # Cost
    /// Memory: files, at most twice the cap on all sources, plus inner archives, at most the cap on an archive.
    /// Time: the unpacked size, which is capped.
    pub fn list_compressed(packed: &[u8], limits: &CollectLimits) -> Result<Self, IntakeRefusal> {
        let mut begin = Vec::new();
        let read = MultiGzDecoder::new(packed).take(BLOCK as u64).read_to_end(&mut begin);
        let filled = begin.iter().any(|byte| *byte != 0);
        if read.is_ok() && filled && !is_header(&begin) {
            return Err(IntakeRefusal::GzipWithoutTar);
        }
        Self::list(Box::new(MultiGzDecoder::new(packed)), limits)
    }

    fn list(inner: Box<dyn Read + '_>, limits: &CollectLimits) -> Result<Self, IntakeRefusal> {
        let exceeded = Cell::new(false);
        let source = CappedReader { inner, left: limits.unpacked_bytes, exceeded: &exceeded };
        read_all(source, limits).map_err(|error| match error {
            ReadError::Refused(why) => why,
            ReadError::Io(_) if exceeded.get() => unpacked_too_large(limits),
            ReadError::Io(why) => damaged(&why.to_string()),
        })
    }
}

impl FileTree for TarTree {
    fn listing(&self) -> &FileListing {
        &self.listing
    }

    fn read(&mut self, at: usize, cap: u64) -> Result<Vec<u8>, IntakeRefusal> {
        match self.contents[at].take() {
            Some(content) if content.len() as u64 <= cap => Ok(content),
            _ => Err(tree::too_large(cap)),
        }
    }
}

/// The reason why reading stopped: the contents of the archive, or its encoding.
enum ReadError {
    Refused(IntakeRefusal),
    Io(io::Error),
}

impl From<io::Error> for ReadError {
    fn from(why: io::Error) -> Self {
        Self::Io(why)
    }
}

impl From<IntakeRefusal> for ReadError {
    fn from(why: IntakeRefusal) -> Self {
        Self::Refused(why)
    }
}

fn read_all(source: CappedSource<'_>, limits: &CollectLimits) -> Result<TarTree, ReadError> {
    let mut archive = Archive::new(source);
    let mut members = MemberList::new(limits);
    for entry in archive.entries()?.raw(true) {
        members.add(&mut entry?)?;
    }
    // Read on to the gzip checksum, which is at the end of the stream, after the last tar block.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    let special = members.special;
    let listing =
        FileListing { special, ..FileListing::new(members.listed, members.skipped_config) };
    Ok(TarTree { listing, contents: members.contents })
}

struct MemberList<'a> {
    limits: &'a CollectLimits,
    count: usize,
    kept_bytes: u64,
    kept_archive_bytes: u64,
    listed: Vec<ListedFile>,
    skipped_config: Vec<String>,
    special: Vec<SpecialFile>,
    contents: Vec<Option<Vec<u8>>>,
    /// The index of the first content of each path.
    seen: HashMap<String, usize>,
    /// The extension headers for the next member.
    next: ExtensionHeaders,
}

/// Values from extension headers, which override the member's own header.
#[derive(Default)]
struct ExtensionHeaders {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl<'a> MemberList<'a> {
    fn new(limits: &'a CollectLimits) -> Self {
        Self {
            limits,
            count: 0,
            kept_bytes: 0,
            kept_archive_bytes: 0,
            listed: vec![],
            skipped_config: vec![],
            special: vec![],
            contents: vec![],
            seen: HashMap::new(),
            next: ExtensionHeaders::default(),
        }
    }

    fn add<R: Read>(&mut self, entry: &mut Entry<'_, R>) -> Result<(), ReadError> {
        self.count += 1;
        if self.count > self.limits.archive_entries {
            return Err(IntakeRefusal::TooManyEntries { limit: self.limits.archive_entries }.into());
        }
        match entry.header().entry_type() {
            EntryType::GNULongName => self.next.path = Some(long_name(entry)?),
            EntryType::GNULongLink => self.next.link = Some(long_name(entry)?),
            EntryType::XHeader => self.next.extend(&read_whole(entry, LONGEST_EXTENSION)?)?,
            EntryType::XGlobalHeader => {}
            kind => self.member(entry, kind)?,
        }
        Ok(())
    }

    fn member<R: Read>(
        &mut self,
        entry: &mut Entry<'_, R>,
        kind: EntryType,
    ) -> Result<(), ReadError> {
        let extension = std::mem::take(&mut self.next);
        let raw = extension.path.unwrap_or_else(|| entry.path_bytes().into_owned());
        let path = match archive::member_path(&raw, self.limits)? {
            MemberPath::Skipped(skipped_config) => {
                self.skipped_config.extend(skipped_config);
                return Ok(());
            }
            MemberPath::LeftOut(special) => {
                self.special.push(special);
                return Ok(());
            }
            MemberPath::Accepted(path) => path,
        };
        if kind == EntryType::Directory || raw.ends_with(b"/") || path.is_empty() {
            return Ok(());
        }
        if kind == EntryType::Link {
            let link = extension.link.or_else(|| entry.link_name_bytes().map(Into::into));
            self.hard_link(path, &link.unwrap_or_default())?;
            return Ok(());
        }
        if let Some(what) = special_kind(kind).or(extension.sparse.then_some("a sparse file")) {
            self.special.push(SpecialFile { path, what });
            return Ok(());
        }
        let size = entry.size();
        if extension.size.is_some_and(|stated| stated != size) {
            return Err(IntakeRefusal::SizeMismatch { declared: size }.inside(&path).into());
        }
        let content = self.content(entry, &path)?;
        self.list(path, size, content);
        Ok(())
    }

    /// Lists a hard link with the content of its target in the archive.
    fn hard_link(&mut self, path: String, target: &[u8]) -> Result<(), IntakeRefusal> {
        let target = names::checked_path(target).map(|parts| parts.join("/")).unwrap_or_default();
        let Some(&at) = self.seen.get(&target) else {
            self.special
                .push(SpecialFile { path, what: "a hard link to a file outside of the archive" });
            return Ok(());
        };
        let content = self.contents[at].clone();
        let size = content.as_ref().map_or(0, |content| content.len() as u64);
        self.keep(size)?;
        self.list(path, size, content);
        Ok(())
    }

    /// Lists a file, unless it is already listed with the same content. Two different contents are both
    /// listed, and refused later if the file is needed.
    fn list(&mut self, path: String, size: u64, content: Option<Vec<u8>>) {
        let first = self.seen.get(&path);
        if first.is_some_and(|at| content.is_some() && self.contents[*at] == content) {
            return;
        }
        self.seen.entry(path.clone()).or_insert(self.contents.len());
        self.listed.push(ListedFile { path, size, at: self.contents.len() });
        self.contents.push(content);
    }

    /// The content of a file of acceptable size. A larger file is refused later if it is needed.
    fn content<R: Read>(
        &mut self,
        entry: &mut Entry<'_, R>,
        path: &str,
    ) -> Result<Option<Vec<u8>>, ReadError> {
        let size = entry.size();
        if names::split_archive(path).is_some()
            && self.kept_archive_bytes + size <= self.limits.packed_bytes
        {
            self.kept_archive_bytes += size;
            return Ok(Some(read_whole(entry, size)?));
        }
        // A data file is kept within the size cap, because a source may include it.
        let has_room = self.kept_bytes.saturating_add(size) <= self.limits.total_bytes;
        if size > self.limits.file_bytes || !(tree::is_rust(path) || has_room) {
            return Ok(None);
        }
        self.keep(size)?;
        Ok(Some(read_whole(entry, size)?))
    }

    fn keep(&mut self, size: u64) -> Result<(), IntakeRefusal> {
        self.kept_bytes += size;
        if self.kept_bytes > self.limits.total_bytes.saturating_mul(2) {
            return Err(IntakeRefusal::SourcesTooLarge { limit_bytes: self.limits.total_bytes });
        }
        Ok(())
    }
}

impl ExtensionHeaders {
    fn extend(&mut self, block: &[u8]) -> Result<(), IntakeRefusal> {
        for (key, value) in records(block)? {
            match key {
                b"path" => self.path = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => {
                    let digits = std::str::from_utf8(value).ok();
                    self.size = Some(digits.and_then(|d| d.parse().ok()).unwrap_or(u64::MAX));
                }
                key if key.starts_with(b"GNU.sparse.") => self.sparse = true,
                _ => {}
            }
        }
        Ok(())
    }
}

/// A name that is too long for a header, up to its NUL.
fn long_name<R: Read>(entry: &mut Entry<'_, R>) -> Result<Vec<u8>, ReadError> {
    let mut name = read_whole(entry, LONGEST_PATH)?;
    name.truncate(name.iter().position(|&byte| byte == 0).unwrap_or(name.len()));
    Ok(name)
}

/// A member's complete content, of at most `cap` bytes.
fn read_whole<R: Read>(entry: &mut Entry<'_, R>, cap: u64) -> Result<Vec<u8>, ReadError> {
    let size = entry.size();
    if size > cap {
        return Err(damaged("an extension header is too long").into());
    }
    let mut content = Vec::new();
    entry.take(size).read_to_end(&mut content)?;
    if (content.len() as u64) < size {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    Ok(content)
}

/// The description of a member that is neither a file nor a folder.
fn special_kind(kind: EntryType) -> Option<&'static str> {
    match kind {
        EntryType::Regular | EntryType::Continuous => None,
        EntryType::Symlink => Some("a symbolic link"),
        EntryType::Char | EntryType::Block => Some("a device"),
        EntryType::Fifo => Some("a named pipe"),
        EntryType::GNUSparse => Some("a sparse file"),
        _ => Some("a kind of file that is unknown here"),
    }
}

/// A key and its value.
type PaxRecord<'a> = (&'a [u8], &'a [u8]);

/// The records of an extended header: `<length> <key>=<value>\n`. The length covers the whole record, so a
/// value may contain line breaks.
fn records(mut block: &[u8]) -> Result<Vec<PaxRecord<'_>>, IntakeRefusal> {
    let bad = || damaged("an extension header cannot be read");
    let mut out = Vec::new();
    while !block.is_empty() && block[0] != 0 {
        let space = block.iter().position(|&byte| byte == b' ').ok_or_else(bad)?;
        let digits = std::str::from_utf8(&block[..space]).map_err(|_| bad())?;
        let length: usize = digits.parse().map_err(|_| bad())?;
        let record = block.get(space + 1..length).ok_or_else(bad)?;
        let record = record.strip_suffix(b"\n").ok_or_else(bad)?;
        let equals = record.iter().position(|&byte| byte == b'=').ok_or_else(bad)?;
        out.push((&record[..equals], &record[equals + 1..]));
        block = &block[length..];
    }
    Ok(out)
}

fn unpacked_too_large(limits: &CollectLimits) -> IntakeRefusal {
    IntakeRefusal::UnpackedTooLarge { limit_bytes: limits.unpacked_bytes }
}

/// A reader that fails after `left` bytes, and records that in `exceeded`.
struct CappedReader<'a, R> {
    inner: R,
    left: u64,
    exceeded: &'a Cell<bool>,
}

impl<R: Read> Read for CappedReader<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let Some(left) = self.left.checked_sub(read as u64) else {
            self.exceeded.set(true);
            return Err(io::Error::other("the archive unpacks to too much"));
        };
        self.left = left;
        Ok(read)
    }
}
