//! Archives written byte by byte, as libraries refuse to write what an attack needs.

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};
use serde::Deserialize;
use std::io::{self, Write};

/// One entry of an archive.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveEntry {
    /// Its name, as it is to be written.
    pub name: String,
    /// What it holds.
    #[serde(default)]
    pub text: String,
    /// How many bytes of it, repeated; the text once when absent.
    pub bytes: Option<usize>,
    /// What it links to, if it is a link.
    #[serde(default)]
    pub link: String,
    /// Its kind in a tar archive, as the format writes it: `0` file, `1` hard link, `2` symbolic link,
    /// `3` device, `6` pipe.
    #[serde(default = "regular")]
    pub kind: char,
}

const fn regular() -> char {
    '0'
}

impl ArchiveEntry {
    fn content(&self) -> Vec<u8> {
        let length = self.bytes.unwrap_or(self.text.len());
        self.text.bytes().cycle().take(length).collect()
    }
}

/// A tar archive (POSIX.1-1988, "ustar").
pub fn tarball(entries: &[ArchiveEntry]) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in entries {
        let content = entry.content();
        let mut header = [0_u8; 512];
        let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, entry.name.as_bytes());
        put(100, b"0000644\0");
        put(108, b"0000000");
        put(116, b"0000000");
        put(124, format!("{:011o}\0", content.len()).as_bytes());
        put(136, b"00000000000\0");
        put(148, b"        ");
        put(156, &[entry.kind as u8]);
        put(157, entry.link.as_bytes());
        put(257, b"ustar");
        put(263, b"00");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        all.extend(header);
        all.extend(content);
        all.resize(all.len().next_multiple_of(512), 0);
    }
    all.resize(all.len() + 1024, 0);
    all
}

/// `bytes`, compressed.
///
/// # Errors
/// Never in memory.
pub fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// A zip archive (PKWARE's APPNOTE, sections 4.3.7 to 4.3.16). Its headers promise `claimed` bytes for
/// each entry, if given.
///
/// # Errors
/// Never in memory.
pub fn zipped(entries: &[ArchiveEntry], claimed: Option<u32>) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let content = entry.content();
        let mut crc = Crc::new();
        crc.update(&content);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&content)?;
        let packed = encoder.finish()?;
        let size = claimed.unwrap_or(content.len() as u32);
        // Version, flags, method (deflate), time, date; then what both kinds of header share.
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
        for number in [crc.sum(), packed.len() as u32, size] {
            common.extend(number.to_le_bytes());
        }
        common.extend((entry.name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        let offset = all.len() as u32;
        all.extend(b"PK\x03\x04");
        all.extend(&common);
        all.extend(entry.name.as_bytes());
        all.extend(packed);
        // Made on Unix, where the upper half of the attributes is the mode: 0o120777 is a link.
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&common);
        directory.extend([0; 6]);
        let mode: u32 = if entry.kind == '2' { 0o120_777 } else { 0o100_644 };
        directory.extend((mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(entry.name.as_bytes());
    }
    let count = (entries.len() as u16).to_le_bytes();
    let start = all.len() as u32;
    let length = directory.len() as u32;
    all.extend(directory);
    all.extend(b"PK\x05\x06\0\0\0\0");
    all.extend(count);
    all.extend(count);
    all.extend(length.to_le_bytes());
    all.extend(start.to_le_bytes());
    all.extend([0, 0]);
    Ok(all)
}
