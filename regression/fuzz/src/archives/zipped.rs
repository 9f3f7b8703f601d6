//! Zip archives, field by field (APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12 and 4.3.16), because no library
//! writes the ones that lie.

use super::names;
use crate::script::{ChoiceScript, damage};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

/// The kinds of file that a mode can state: plain, none, folder, link, pipe, device.
const KINDS: [u32; 6] = [0o100_644, 0, 0o040_755, 0o120_777, 0o010_644, 0o060_644];
/// Stored, deflated, and ways that are not read.
const METHODS: [u16; 6] = [8, 0, 8, 0, 12, 99];

/// One entry's header fields, shared by the entry and the directory unless one of them lies.
struct ZipEntry {
    name: Vec<u8>,
    mode: u32,
    data: Vec<u8>,
    fields: Vec<u8>,
    extra: Vec<u8>,
}

/// An archive of up to 15 entries, and then some damage to the whole.
pub fn built(script: &mut ChoiceScript<'_>) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    let count = script.byte() % 16;
    let mut offset = 0;
    for _ in 0..count {
        let entry = entry(script);
        let lie = script.byte();
        // Shares the data of the entry before it.
        if lie != 255 {
            offset = out.len() as u32;
            out.extend(b"PK\x03\x04");
            push_common(&mut out, &entry);
            out.extend(&entry.name);
            out.extend(&entry.extra);
            out.extend(&entry.data);
        }
        directory.extend(b"PK\x01\x02");
        directory.extend([20, 3]); // version 2.0, made on Unix
        push_common(&mut directory, &entry);
        directory.extend([0; 6]); // comment, disk, internal attributes
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(if lie == 254 { script.number() } else { offset }.to_le_bytes());
        directory.extend(&entry.name);
        directory.extend(&entry.extra);
    }
    finish(&mut out, &directory, u16::from(count));
    damage(script, &mut out);
    out
}

/// The directory and the record that points to it.
fn finish(out: &mut Vec<u8>, directory: &[u8], count: u16) {
    let start = out.len() as u32;
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
}

fn entry(script: &mut ChoiceScript<'_>) -> ZipEntry {
    let name = names::name(script);
    let mode = script.pick(&KINDS);
    let method = script.pick(&METHODS);
    let mut content = script.some().to_vec();
    // A bomb: the same bytes many times.
    if script.happens(10) {
        content = content.repeat(1 + usize::from(script.byte()));
    }
    let data = if method == 8 { deflated(&content) } else { content.clone() };
    let extra = if script.happens(10) { script.some().to_vec() } else { Vec::new() };
    let mut crc = Crc::new();
    crc.update(&content);
    let lie = script.byte();
    let mut fields = vec![20, 0];
    fields.extend(if lie == 255 { script.number() as u16 } else { 1 << 11 }.to_le_bytes());
    fields.extend(method.to_le_bytes());
    fields.extend([0, 0, 0x21, 0]); // midnight, 1 January 1980
    let mut size = |lies: bool, honest: u32| if lies { script.number() } else { honest };
    fields.extend(size(lie == 254, crc.sum()).to_le_bytes());
    fields.extend(size(lie == 253, data.len() as u32).to_le_bytes());
    fields.extend(size(lie == 252, content.len() as u32).to_le_bytes());
    ZipEntry { name, mode, data, fields, extra }
}

/// What the local header and the directory say alike, from the version needed to the lengths.
fn push_common(out: &mut Vec<u8>, entry: &ZipEntry) {
    out.extend(&entry.fields);
    out.extend((entry.name.len() as u16).to_le_bytes());
    out.extend((entry.extra.len() as u16).to_le_bytes());
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}
