//! What students upload: zip and tar archives, and bytes that only look like one.

mod names;
mod tarball;
mod zipped;

use crate::memory::MemoryAllowance;
use crate::script::ChoiceScript;
use crate::text;
use grader_pipeline::collect::{CollectLimits, CollectedSources, IntakeRefusal, scan, unpack};

/// Small, so that every cap is within a fuzzer's reach.
const LIMITS: CollectLimits = CollectLimits {
    file_bytes: 200,
    total_bytes: 400,
    files: 4,
    depth: 4,
    archive_ratio: 60,
    archive_entries: 12,
    packed_bytes: 1 << 16,
    unpacked_bytes: 1 << 16,
};

/// Decompressors have tables of some ten kilobytes each; the directory of a zip is held as it is and
/// in parsed form. In all it is more: the library looks at everything in the last 64 KiB that could be
/// the end of a zip, up to 16,000 places, each with a comment of its own.
const ALLOWANCE: MemoryAllowance = MemoryAllowance {
    fixed: 1 << 20,
    live_per_byte: 64,
    total_fixed: 1 << 29,
    total_per_byte: 2048,
};

/// The longest refusal, in bytes: four names of a kilobyte, each byte of them escaped.
const LONGEST_TEXT: usize = 4 * 4 * 1024 + 1000;

const MODULE: &str = "profiling";

/// Unpacks an archive that was made of `input`: as it is, or built by it.
pub fn run(input: &[u8]) {
    let packed = made_of(input);
    let length = packed.len();
    let result = ALLOWANCE.hold("unpacking", length, || unpack(packed, MODULE, &LIMITS));
    match result {
        Ok(sources) => sound(&sources),
        Err(refusal) => explained(&refusal),
    }
}

/// The first byte says how the rest is read. Most bytes that are no archive at all are refused by
/// their first two; so three of the four ways start from something well formed.
pub fn made_of(input: &[u8]) -> Vec<u8> {
    let mut script = ChoiceScript::new(input);
    match script.byte() % 4 {
        0 => script.rest().to_vec(),
        1 => tarball::packed(&tarball::repaired(script.rest().to_vec())),
        2 => zipped::built(&mut script),
        _ => tarball::built(&mut script),
    }
}

/// What was taken keeps every cap, and can be written into a folder without leaving it.
fn sound(sources: &CollectedSources) {
    let files = &sources.files;
    assert!(!files.is_empty() && files.len() <= LIMITS.files, "{} files", files.len());
    let total: usize = files.values().map(Vec::len).sum();
    assert!(total as u64 <= LIMITS.total_bytes, "{total} bytes in all");
    for (name, content) in files {
        inside(name);
        assert!(content.len() as u64 <= LIMITS.file_bytes, "{name}: {} bytes", content.len());
        // What a source includes may be anything.
        let is_source = std::path::Path::new(name).extension().is_some_and(|ending| ending == "rs");
        assert!(!is_source || std::str::from_utf8(content).is_ok(), "{name} is no text");
    }
    assert!(files.contains_key("src/lib.rs"), "nothing reaches the other files");
    for name in files.keys() {
        let mut above = name.match_indices('/').map(|(at, _)| &name[..at]);
        assert!(!above.any(|folder| files.contains_key(folder)), "{name}: a file is its folder");
    }
    assert_eq!(sources.content_hash.len(), 64);
    for note in &sources.notes {
        text::shown_safely(&note.to_string());
    }
    // What is taken is scanned before it is compiled.
    for finding in scan(sources) {
        assert!(files.contains_key(&finding.file), "a finding in {}", finding.file);
    }
}

fn inside(name: &str) {
    let clean = |part: &str| {
        let odd = |c: char| c.is_control() || matches!(c, '\\' | '\u{202a}'..='\u{202e}');
        !matches!(part, "" | "." | "..") && !part.contains(odd) && part.len() <= 255
    };
    assert!(name.split('/').all(clean), "{name:?}");
    assert!(name.split('/').count() <= LIMITS.depth + 1, "{name:?} lies too deep");
}

/// A refusal is one line of plain words, however long the names in the archive are.
fn explained(refusal: &IntakeRefusal) {
    let words = refusal.to_string();
    text::shown_safely(&words);
    assert!(words.len() > 20, "{words:?} explains nothing");
    assert!(words.len() <= LONGEST_TEXT, "{} bytes", words.len());
}

/// Inputs to begin with: one of each way, undamaged.
pub fn seeds() -> Vec<Vec<u8>> {
    let zip = zipped::built(&mut ChoiceScript::new(HONEST));
    let tar = tarball::plain(&mut ChoiceScript::new(HONEST));
    let with_mode = |mode: u8, bytes: &[u8]| [&[mode], bytes].concat();
    vec![
        with_mode(0, &zip),
        with_mode(0, &tarball::packed(&tar)),
        with_mode(1, &tar),
        with_mode(2, HONEST),
        with_mode(3, HONEST),
    ]
}

/// Two files in `src`, in the terms of [`names::name`] and of both builders: how many; then for each the
/// parts of its name, mode and method, length and content, and four times that nothing is wrong.
const HONEST: &[u8] = b"\x02\
    \x02\x00\x01\x00\x00\x0apub mod a;\x00\x00\x00\x00\
    \x02\x00\x02\x00\x00\x10pub fn f() {}\n//\x00\x00\x00\x00";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_without_damage_is_taken() {
        for seed in seeds() {
            let taken = unpack(made_of(&seed), MODULE, &LIMITS);
            let names: Vec<String> = taken.expect("an honest archive").files.into_keys().collect();
            assert_eq!(names, ["src/a.rs", "src/lib.rs"], "mode {}", seed[0]);
        }
    }
}
