//! Gzip-compressed tar archives.

use super::archive::{bomb, damaged, size_lie, twice};
use super::tree::{self, Listed, Listing, Tree};
use super::{CollectLimits, Refusal, folder, names};
use flate2::read::MultiGzDecoder;
use std::cell::Cell;
use std::collections::HashSet;
use std::io::{self, Read};
use tar::{Archive, Entry, EntryType};

/// The longest path that an extension header may state, in bytes.
const LONGEST_PATH: u64 = 4096;
/// The longest block of extended attributes in front of an entry, in bytes.
const LONGEST_EXTENSION: u64 = 1 << 20;

/// A tar archive read once: names of all files, contents of the Rust files.
pub(super) struct Tarball {
    listing: Listing,
    contents: Vec<Option<Vec<u8>>>,
}

type Source<'a> = Capped<'a, MultiGzDecoder<&'a [u8]>>;

impl Tarball {
    /// Reads the archive from end to end.
    ///
    /// Extension headers are read here and not by the library, which would hold a path of any
    /// length.
    ///
    /// # Cost
    /// Memory: the Rust files, at most twice the cap on all sources. Time: the unpacked size, which
    /// is capped by ratio and in all.
    pub fn list(packed: &[u8], limits: &CollectLimits) -> Result<Self, Refusal> {
        let by_ratio = (packed.len() as u64).saturating_mul(limits.archive_ratio);
        let left = limits.unpacked_bytes.min(by_ratio.max(limits.total_bytes));
        let exceeded = Cell::new(false);
        let source = Capped { inner: MultiGzDecoder::new(packed), left, exceeded: &exceeded };
        read_all(source, limits).map_err(|fault| match fault {
            Fault::Refused(why) => why,
            Fault::Io(_) if exceeded.get() && by_ratio <= limits.unpacked_bytes => bomb(limits),
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
    let listing = Listing::new(members.listed, members.noticed);
    Ok(Tarball { listing, contents: members.contents })
}

struct Members<'a> {
    limits: &'a CollectLimits,
    count: usize,
    kept: u64,
    listed: Vec<Listed>,
    noticed: Vec<String>,
    contents: Vec<Option<Vec<u8>>>,
    seen: HashSet<String>,
    /// What extension headers said about the next member.
    next_path: Option<Vec<u8>>,
    next_size: Option<u64>,
}

impl<'a> Members<'a> {
    fn new(limits: &'a CollectLimits) -> Self {
        Self {
            limits,
            count: 0,
            kept: 0,
            listed: vec![],
            noticed: vec![],
            contents: vec![],
            seen: HashSet::new(),
            next_path: None,
            next_size: None,
        }
    }

    fn add<R: Read>(&mut self, entry: &mut Entry<'_, R>) -> Result<(), Fault> {
        self.count += 1;
        if self.count > self.limits.archive_entries {
            return Err(tree::too_many_entries(self.limits.archive_entries).into());
        }
        match entry.header().entry_type() {
            EntryType::GNULongName => {
                let mut path = all_of(entry, LONGEST_PATH)?;
                path.truncate(path.iter().position(|&byte| byte == 0).unwrap_or(path.len()));
                self.next_path = Some(path);
                Ok(())
            }
            EntryType::XHeader => self.extension(&all_of(entry, LONGEST_EXTENSION)?),
            EntryType::GNULongLink | EntryType::XGlobalHeader => Ok(()),
            kind => self.member(entry, kind),
        }
    }

    fn extension(&mut self, block: &[u8]) -> Result<(), Fault> {
        for (key, value) in records(block).map_err(Fault::from)? {
            match key {
                b"path" => self.next_path = Some(value.to_vec()),
                b"size" => {
                    let digits = std::str::from_utf8(value).ok();
                    self.next_size = Some(digits.and_then(|d| d.parse().ok()).unwrap_or(u64::MAX));
                }
                key if key.starts_with(b"GNU.sparse.") => {
                    return Err(folder::not_a_plain_file("a sparse file").into());
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn member<R: Read>(&mut self, entry: &mut Entry<'_, R>, kind: EntryType) -> Result<(), Fault> {
        let raw = self.next_path.take().unwrap_or_else(|| entry.path_bytes().into_owned());
        let stated = self.next_size.take();
        let parts = names::path(&raw)?;
        if tree::passed_over(&parts) {
            self.noticed.extend(tree::noticed(&parts));
            return Ok(());
        }
        let path = parts.join("/");
        if parts.len() > self.limits.depth {
            return Err(tree::too_deep(&path, self.limits.depth).into());
        }
        if kind == EntryType::Directory || raw.ends_with(b"/") || parts.is_empty() {
            return Ok(());
        }
        plain(kind).map_err(|why| why.inside(&path))?;
        let size = entry.size();
        if stated.is_some_and(|stated| stated != size) {
            return Err(size_lie(size).inside(&path).into());
        }
        if !self.seen.insert(path.clone()) {
            return Err(twice(&path).into());
        }
        let content = self.content(entry, &path)?;
        self.listed.push(Listed { path, size, at: self.contents.len() });
        self.contents.push(content);
        Ok(())
    }

    /// The content of a file of acceptable size. A larger one is refused if it is chosen.
    fn content<R: Read>(
        &mut self,
        entry: &mut Entry<'_, R>,
        path: &str,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let size = entry.size();
        let is_rust = tree::is_rust(path);
        // A data file is kept for the source that may include it, as long as there is room.
        let has_room = self.kept.saturating_add(size) <= self.limits.total_bytes;
        if size > self.limits.file_bytes || !(is_rust || has_room) {
            return Ok(None);
        }
        self.kept += size;
        if self.kept > self.limits.total_bytes.saturating_mul(2) {
            return Err(super::choose::too_much_in_all(self.limits).into());
        }
        Ok(Some(all_of(entry, size)?))
    }
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

fn plain(kind: EntryType) -> Result<(), Refusal> {
    let what = match kind {
        EntryType::Regular | EntryType::Continuous => return Ok(()),
        EntryType::Symlink => "a symbolic link",
        EntryType::Link => "a hard link",
        EntryType::Char | EntryType::Block => "a device",
        EntryType::Fifo => "a named pipe",
        EntryType::GNUSparse => "a sparse file",
        _ => "a kind of file that is unknown here",
    };
    Err(folder::not_a_plain_file(what))
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
    Refusal::mishap(format!(
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
