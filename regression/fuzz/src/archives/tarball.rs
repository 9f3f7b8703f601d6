//! Tar archives, block by block (POSIX ustar, with the extensions of GNU and of pax).

use super::names;
use crate::script::{ChoiceScript, damage};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// Tar is made of blocks of this many bytes.
const BLOCK: usize = 512;
/// Regular (twice), folder, links, devices, pipe, contiguous, sparse, GNU's long names, pax headers.
const KINDS: [u8; 16] = *b"00\x005123467SLKxgX";
/// Keys of pax headers, those that are read and those that are refused.
const KEYS: [&str; 6] = ["path", "size", "linkpath", "GNU.sparse.major", "mtime", ""];

/// An archive of up to 15 members and then some damage to it, packed.
pub fn built(script: &mut ChoiceScript<'_>) -> Vec<u8> {
    let mut bytes = plain(script);
    damage(script, &mut bytes);
    packed(&bytes)
}

/// The members, not compressed.
pub fn plain(script: &mut ChoiceScript<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..script.byte() % 16 {
        member(script, &mut out);
    }
    out.resize(out.len() + 2 * BLOCK, 0);
    out
}

fn member(script: &mut ChoiceScript<'_>, out: &mut Vec<u8>) {
    let name = names::name(script);
    let kind = script.pick(&KINDS);
    let content = match kind {
        b'x' | b'g' | b'X' => records(script),
        b'L' | b'K' => names::name(script),
        _ => {
            // Where a zip states the method.
            let _ = script.byte();
            script.some().to_vec()
        }
    };
    let bomb = if script.happens(10) { 1 + usize::from(script.byte()) } else { 1 };
    let content = content.repeat(bomb);
    // Where a zip has extra fields.
    let _ = script.byte();
    let lie = script.byte();
    let size = if lie == 255 { script.number() as usize } else { content.len() };
    let mut header = [0; BLOCK];
    let shown = name.len().min(100);
    header[..shown].copy_from_slice(&name[..shown]);
    header[100..108].copy_from_slice(b"0000644\0");
    header[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    if lie == 254 {
        // A size in binary, as GNU writes large ones.
        header[124] = 0x80;
        header[132..136].copy_from_slice(&script.number().to_be_bytes());
    }
    header[136..148].copy_from_slice(b"00000000000\0");
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar  \0");
    let _ = script.byte();
    out.extend(checked(header));
    out.extend(content);
    out.resize(out.len().next_multiple_of(BLOCK), 0);
}

/// Records of a pax header: `<length> <key>=<value>\n`, where the length counts all of it.
fn records(script: &mut ChoiceScript<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..=script.byte() % 3 {
        let key = script.pick(&KEYS);
        let value = match key {
            "size" if script.happens(128) => script.number().to_string().into_bytes(),
            "path" => names::name(script),
            _ => script.some().to_vec(),
        };
        let rest = 3 + key.len() + value.len();
        let mut length = rest;
        while length != rest + length.to_string().len() {
            length = rest + length.to_string().len();
        }
        let length = if script.happens(10) { script.number() as usize } else { length };
        out.extend([format!("{length} {key}=").as_bytes(), &value, b"\n"].concat());
    }
    out
}

/// The header with the checksum that fits.
fn checked(mut header: [u8; BLOCK]) -> [u8; BLOCK] {
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

/// The same archive with checksums that fit again, so that damage reaches what lies behind the check.
pub fn repaired(mut bytes: Vec<u8>) -> Vec<u8> {
    for block in bytes.as_chunks_mut::<BLOCK>().0 {
        if &block[257..262] == b"ustar" {
            *block = checked(*block);
        }
    }
    bytes
}

/// Compressed as `.tar.gz` is.
pub fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
