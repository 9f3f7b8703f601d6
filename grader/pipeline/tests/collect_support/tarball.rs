//! Tar archives with headers that the library refuses to write.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use tar::{EntryType, Header};

/// A builder for an archive.
#[derive(Default)]
pub struct TarBuilder(Vec<u8>);

impl TarBuilder {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn file(self, name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref();
        self.entry(EntryType::Regular, name.as_ref(), content.len() as u64, content)
    }

    /// An entry with the given header fields, valid or not.
    pub fn entry(mut self, kind: EntryType, name: &[u8], size: u64, content: &[u8]) -> Self {
        let mut header = Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name);
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(size);
        header.set_mtime(0);
        header.set_cksum();
        self.0.extend(header.as_bytes());
        self.0.extend(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// A link, symbolic or hard, to `target`.
    pub fn link(mut self, kind: EntryType, name: &[u8], target: &[u8]) -> Self {
        let start = self.0.len();
        self = self.entry(kind, name, 0, b"");
        let mut header = Header::from_byte_slice(&self.0[start..start + 512]).clone();
        header.as_mut_bytes()[157..157 + target.len()].copy_from_slice(target);
        header.set_cksum();
        self.0[start..start + 512].copy_from_slice(header.as_bytes());
        self
    }

    /// An extended header before the next entry.
    pub fn attribute(self, key: &str, value: &[u8]) -> Self {
        let rest = 1 + key.len() + 1 + value.len() + 1;
        let mut length = rest;
        while length != rest + length.to_string().len() {
            length = rest + length.to_string().len();
        }
        let record = [format!("{length} {key}=").as_bytes(), value, b"\n"].concat();
        self.entry(EntryType::XHeader, b"pax", record.len() as u64, &record)
    }

    /// The archive with its end marker, not compressed.
    pub fn plain(mut self) -> Vec<u8> {
        self.0.extend([0; 1024]);
        self.0
    }

    pub fn gz(self) -> Vec<u8> {
        gz(&self.plain())
    }
}

pub fn gz(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}
