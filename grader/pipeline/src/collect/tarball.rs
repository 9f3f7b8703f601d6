//! Tar archives, plain and compressed with gzip.

use super::archive::{self, Place, damaged, size_lie};
use super::tree::{self, Listed, Listing, Special, Tree};
use super::{CollectLimits, Refusal, names};
use flate2::read::MultiGzDecoder;
use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Read};
use tar::{Archive, Entry, EntryType, Header};

/// The longest path that an extension header may state, in bytes.
const LONGEST_PATH: u64 = 4096;
/// The longest block of extended attributes in front of an entry, in bytes.
const LONGEST_EXTENSION: u64 = 1 << 20;
/// The size of a header, in bytes.
const BLOCK: usize = 512;

/// A tar archive read once: names of all files, contents of those that may be needed.
pub(super) struct Tarball {
    listing: Listing,
    contents: Vec<Option<Vec<u8>>>,
}

type Source<'a> = Capped<'a, Box<dyn Read + 'a>>;

/// Whether an archive that begins with these bytes is a tar archive: its first header's checksum fits.
pub(super) fn is_header(begin: &[u8]) -> bool {
    let Some(block) = begin.get(..BLOCK) else { return false };
    // The checksum counts its own eight bytes as blanks.
    let outside = block[..148].iter().chain(&block[156..]);
    let sum = outside.map(|byte| u32::from(*byte)).sum::<u32>() + 8 * u32::from(b' ');
    sum > 8 * u32::from(b' ')
        && Header::from_byte_slice(block).cksum().is_ok_and(|stated| stated == sum)
}

impl Tarball {
    /// Reads a plain archive from end to end.
    ///
    /// # Cost
    /// As [`Tarball::list_compressed`].
    pub fn list_plain(packed: &[u8], limits: &CollectLimits) -> Result<Self, Refusal> {
        Self::list(Box::new(packed), limits)
    }

    /// Decompresses and reads an archive from end to end.
    ///
    /// Extension headers are read here and not by the library, which would hold a path of any
    /// length.
    ///
    /// # Cost
    /// Memory: the Rust files, at most twice the cap on all sources, and archives inside, at most the
    /// cap on an archive. Time: the unpacked size, which is capped.
    pub fn list_compressed(packed: &[u8], limits: &CollectLimits) -> Result<Self, Refusal> {
        let mut begin = Vec::new();
        let read = MultiGzDecoder::new(packed).take(BLOCK as u64).read_to_end(&mut begin);
        let filled = begin.iter().any(|byte| *byte != 0);
        if read.is_ok() && filled && !is_header(&begin) {
            return Err(Refusal::new(
                "The file is compressed with gzip and holds no tar archive. Hand in the folder \
                 `src` as .zip or .tar.gz.",
            ));
        }
        Self::list(Box::new(MultiGzDecoder::new(packed)), limits)
    }

    fn list(inner: Box<dyn Read + '_>, limits: &CollectLimits) -> Result<Self, Refusal> {
        let exceeded = Cell::new(false);
        let source = Capped { inner, left: limits.unpacked_bytes, exceeded: &exceeded };
        read_all(source, limits).map_err(|fault| match fault {
            Fault::Refused(why) => why,
            Fault::Io(_) if exceeded.get() => too_much(limits),
            Fault::Io(why) => damaged(&why.to_string()),
        })
    }
}

impl Tree for Tarball {
    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn read(&mut self, at: usize, cap: u64) -> Result<Vec<u8>, Refusal> {
        match self.contents[at].take() {
            Some(content) if content.len() as u64 <= cap => Ok(content),
            _ => Err(tree::too_large(cap)),
        }
    }
}

/// Why reading stopped: the submission's contents, or its encoding.
enum Fault {
    Refused(Refusal),
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(why: io::Error) -> Self {
        Self::Io(why)
    }
}

impl From<Refusal> for Fault {
    fn from(why: Refusal) -> Self {
        Self::Refused(why)
    }
}

fn read_all(source: Source<'_>, limits: &CollectLimits) -> Result<Tarball, Fault> {
    let mut archive = Archive::new(source);
    let mut members = Members::new(limits);
    for entry in archive.entries()?.raw(true) {
        members.add(&mut entry?)?;
    }
    // The checksum stands at the end of the stream, behind the archive's last block.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    let special = members.special;
    let listing = Listing { special, ..Listing::new(members.listed, members.noticed) };
    Ok(Tarball { listing, contents: members.contents })
}

struct Members<'a> {
    limits: &'a CollectLimits,
    count: usize,
    kept: u64,
    kept_archives: u64,
    listed: Vec<Listed>,
    noticed: Vec<String>,
    special: Vec<Special>,
    contents: Vec<Option<Vec<u8>>>,
    /// Where the content of each path is.
    seen: HashMap<String, usize>,
    /// What extension headers said about the next member.
    next: Extension,
}

/// What extension headers say about a member, in place of its own header.
#[derive(Default)]
struct Extension {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl<'a> Members<'a> {
    fn new(limits: &'a CollectLimits) -> Self {
        Self {
            limits,
            count: 0,
            kept: 0,
            kept_archives: 0,
            listed: vec![],
            noticed: vec![],
            special: vec![],
            contents: vec![],
            seen: HashMap::new(),
            next: Extension::default(),
        }
    }

    fn add<R: Read>(&mut self, entry: &mut Entry<'_, R>) -> Result<(), Fault> {
        self.count += 1;
        if self.count > self.limits.archive_entries {
            return Err(tree::too_many_entries(self.limits.archive_entries).into());
        }
        match entry.header().entry_type() {
            EntryType::GNULongName => self.next.path = Some(long_name(entry)?),
            EntryType::GNULongLink => self.next.link = Some(long_name(entry)?),
            EntryType::XHeader => self.next.extend(&all_of(entry, LONGEST_EXTENSION)?)?,
            EntryType::XGlobalHeader => {}
            kind => self.member(entry, kind)?,
        }
        Ok(())
    }

    fn member<R: Read>(&mut self, entry: &mut Entry<'_, R>, kind: EntryType) -> Result<(), Fault> {
        let said = std::mem::take(&mut self.next);
        let raw = said.path.unwrap_or_else(|| entry.path_bytes().into_owned());
        let path = match archive::place(&raw, self.limits)? {
            Place::Skipped(noticed) => {
                self.noticed.extend(noticed);
                return Ok(());
            }
            Place::LeftOut(special) => {
                self.special.push(special);
                return Ok(());
            }
            Place::At(path) => path,
        };
        if kind == EntryType::Directory || raw.ends_with(b"/") || path.is_empty() {
            return Ok(());
        }
        if kind == EntryType::Link {
            let link = said.link.or_else(|| entry.link_name_bytes().map(Into::into));
            self.hard_link(path, &link.unwrap_or_default())?;
            return Ok(());
        }
        if let Some(what) = special(kind).or(said.sparse.then_some("a sparse file")) {
            self.special.push(Special { path, what });
            return Ok(());
        }
        let size = entry.size();
        if said.size.is_some_and(|stated| stated != size) {
            return Err(size_lie(size).inside(&path).into());
        }
        let content = self.content(entry, &path)?;
        self.list(path, size, content);
        Ok(())
    }

    /// A second name of a file of the archive holds what that file holds.
    fn hard_link(&mut self, path: String, target: &[u8]) -> Result<(), Refusal> {
        let target = names::path(target).map(|parts| parts.join("/")).unwrap_or_default();
        let Some(&at) = self.seen.get(&target) else {
            self.special
                .push(Special { path, what: "a hard link to a file outside of the archive" });
            return Ok(());
        };
        let content = self.contents[at].clone();
        let size = content.as_ref().map_or(0, |content| content.len() as u64);
        self.keep(size)?;
        self.list(path, size, content);
        Ok(())
    }

    /// Lists a file, unless it is there already with the same content. Of two contents, none is taken.
    fn list(&mut self, path: String, size: u64, content: Option<Vec<u8>>) {
        let first = self.seen.get(&path);
        if first.is_some_and(|at| content.is_some() && self.contents[*at] == content) {
            return;
        }
        self.seen.entry(path.clone()).or_insert(self.contents.len());
        self.listed.push(Listed { path, size, at: self.contents.len() });
        self.contents.push(content);
    }

    /// The content of a file of acceptable size. A larger one is refused if it is chosen.
    fn content<R: Read>(
        &mut self,
        entry: &mut Entry<'_, R>,
        path: &str,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let size = entry.size();
        if names::archive(path).is_some() && self.kept_archives + size <= self.limits.packed_bytes {
            self.kept_archives += size;
            return Ok(Some(all_of(entry, size)?));
        }
        // A data file is kept for the source that may include it, as long as there is room.
        let has_room = self.kept.saturating_add(size) <= self.limits.total_bytes;
        if size > self.limits.file_bytes || !(tree::is_rust(path) || has_room) {
            return Ok(None);
        }
        self.keep(size)?;
        Ok(Some(all_of(entry, size)?))
    }

    fn keep(&mut self, size: u64) -> Result<(), Refusal> {
        self.kept += size;
        if self.kept > self.limits.total_bytes.saturating_mul(2) {
            return Err(super::choose::too_much_in_all(self.limits));
        }
        Ok(())
    }
}

impl Extension {
    fn extend(&mut self, block: &[u8]) -> Result<(), Refusal> {
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

/// A name that does not fit into a header, up to its NUL.
fn long_name<R: Read>(entry: &mut Entry<'_, R>) -> Result<Vec<u8>, Fault> {
    let mut name = all_of(entry, LONGEST_PATH)?;
    name.truncate(name.iter().position(|&byte| byte == 0).unwrap_or(name.len()));
    Ok(name)
}

/// A member's whole content, of at most `cap` bytes.
fn all_of<R: Read>(entry: &mut Entry<'_, R>, cap: u64) -> Result<Vec<u8>, Fault> {
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

/// What a member is, if it is neither a file nor a folder.
fn special(kind: EntryType) -> Option<&'static str> {
    match kind {
        EntryType::Regular | EntryType::Continuous => None,
        EntryType::Symlink => Some("a symbolic link"),
        EntryType::Char | EntryType::Block => Some("a device"),
        EntryType::Fifo => Some("a named pipe"),
        EntryType::GNUSparse => Some("a sparse file"),
        _ => Some("a kind of file that is unknown here"),
    }
}

/// Key and value.
type Record<'a> = (&'a [u8], &'a [u8]);

/// The records of an extended header: `<length> <key>=<value>\n`, where the length counts the
/// whole record, so that a value may hold line breaks.
fn records(mut block: &[u8]) -> Result<Vec<Record<'_>>, Refusal> {
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

fn too_much(limits: &CollectLimits) -> Refusal {
    Refusal::new(format!(
        "The archive unpacks to more than {}. Pack the folder `src` alone, without `target`.",
        tree::size(limits.unpacked_bytes)
    ))
}

/// A reader that fails, and says so, once more than its share was read.
struct Capped<'a, R> {
    inner: R,
    left: u64,
    exceeded: &'a Cell<bool>,
}

impl<R: Read> Read for Capped<'_, R> {
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
