//! Zip archives written by hand, because no library writes invalid ones.

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

/// One entry, with every field that can be wrong.
#[derive(Clone)]
pub struct ZipEntry {
    pub name: Vec<u8>,
    pub content: Vec<u8>,
    /// The size to declare, if it is not the true size.
    pub declared: Option<u32>,
    /// Unix mode, file type included.
    pub mode: u32,
    /// The system that made it. 3: Unix, 0: DOS and Windows.
    pub host: u8,
    /// Bit 0: encrypted.
    pub flags: u16,
    /// 8: deflate.
    pub method: u16,
    /// Points to the data of the entry before it instead of data of its own.
    pub shares_data: bool,
}

impl ZipEntry {
    pub fn new(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        Self {
            name: name.as_ref().to_vec(),
            content: content.as_ref().to_vec(),
            declared: None,
            mode: 0o100_644,
            host: 3,
            flags: 0,
            method: 8,
            shares_data: false,
        }
    }
}

/// An archive of plain files.
pub fn of(files: &[(&str, &str)]) -> Vec<u8> {
    let entries: Vec<ZipEntry> =
        files.iter().map(|(name, text)| ZipEntry::new(name, text)).collect();
    zip(&entries)
}

/// The archive, field by field (APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12 and 4.3.16).
pub fn zip(entries: &[ZipEntry]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    let mut offset = 0;
    for entry in entries {
        let data = if entry.method == 8 { deflated(&entry.content) } else { entry.content.clone() };
        let common = common_fields(entry, &data);
        if !entry.shares_data {
            offset = size32(&out);
            out.extend(b"PK\x03\x04");
            out.extend(&common);
            out.extend(&entry.name);
            out.extend(&data);
        }
        directory.extend(b"PK\x01\x02");
        directory.extend([20, entry.host]); // version 2.0
        directory.extend(&common);
        directory.extend([0; 6]); // comment, disk, internal attributes
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(&entry.name);
    }
    let start = size32(&out);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    let count = u16::try_from(entries.len()).unwrap_or(u16::MAX).to_le_bytes();
    out.extend([count, count].concat());
    out.extend(size32(&directory).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// The fields common to the local header and the directory, from the version needed to the lengths.
fn common_fields(entry: &ZipEntry, data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(&entry.content);
    let mut out = vec![20, 0];
    out.extend(entry.flags.to_le_bytes());
    out.extend(entry.method.to_le_bytes());
    out.extend([0, 0, 0x21, 0]); // midnight, 1 January 1980
    out.extend(crc.sum().to_le_bytes());
    out.extend(size32(data).to_le_bytes());
    out.extend(entry.declared.unwrap_or(size32(&entry.content)).to_le_bytes());
    out.extend(u16::try_from(entry.name.len()).unwrap().to_le_bytes());
    out.extend([0, 0]); // no extra field
    out
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn size32(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap()
}
