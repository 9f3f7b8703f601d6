//! Two thousand damaged archives and sources: no panic, bounded memory, no unsafe file taken.

mod collect_support;

use collect_support::tarball::{TarBuilder, gz};
use collect_support::zipped::{self, ZipEntry};
use collect_support::{LIB, SeededRandom, archive_within};
use grader_pipeline::collect::{CollectLimits, CollectedSources, SubmissionKind, scan};
use std::collections::BTreeMap;
use std::path::Path;
use tar::EntryType;

const ROUNDS: usize = 2000;

/// The maximum growth of the process's peak memory over all rounds, in KiB.
const PEAK_GROWTH_KIB: u64 = 96 << 10;

fn limits() -> CollectLimits {
    CollectLimits {
        file_bytes: 4 << 10,
        total_bytes: 8 << 10,
        packed_bytes: 1 << 20,
        unpacked_bytes: 1 << 20,
        ..CollectLimits::default()
    }
}

/// Archives to damage, and whether to compress them after the damage.
fn seeds() -> Vec<(SubmissionKind, bool, Vec<u8>)> {
    let zip = zipped::zip(&[
        ZipEntry::new("searching/src/lib.rs", LIB),
        ZipEntry { method: 0, ..ZipEntry::new("searching/src/ops.rs", LIB) },
        ZipEntry::new("searching/Cargo.toml", "[package]"),
        ZipEntry { mode: 0o040_755, ..ZipEntry::new("searching/src/deep/", "") },
    ]);
    let tar = || {
        TarBuilder::new()
            .entry(EntryType::Directory, b"searching/", 0, b"")
            .file("searching/src/lib.rs", LIB)
            .attribute("path", b"searching/src/renamed.rs")
            .file("searching/src/ops.rs", LIB)
            .entry(EntryType::GNULongName, b"long", 22, b"searching/src/longer.rs")
            .file("searching/src/cut.rs", LIB)
    };
    vec![
        (SubmissionKind::Zip, false, zip),
        (SubmissionKind::TarGz, false, tar().gz()),
        (SubmissionKind::TarGz, true, tar().plain()),
    ]
}

fn mutate(bytes: &mut Vec<u8>, random: &mut SeededRandom) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        let len = (1 + random.below(8)).min(bytes.len() - at);
        match random.below(7) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at..at + len].fill(0xFF),
            2 => bytes[at..at + len].fill(0),
            3 => bytes.truncate(at.max(1)),
            4 => drop(bytes.drain(at..at + len)),
            5 => {
                let copy = bytes[at..at + len].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => bytes[at] = b"./\\\n\0:~"[random.below(7)],
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
}

/// Corrects the checksums of tar headers, so that damage reaches the code after the check.
fn repair_checksums(tar: &mut [u8]) {
    for block in tar.chunks_exact_mut(512) {
        if &block[257..262] == b"ustar" {
            block[148..156].fill(b' ');
            let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
            block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    }
}

#[track_caller]
fn assert_valid(sources: &CollectedSources, limits: &CollectLimits, round: usize) {
    for (name, content) in &sources.files {
        let clean = |part: &str| !part.is_empty() && part != ".." && !part.contains(['\\', '\0']);
        let rust = Path::new(name).extension().is_some_and(|extension| extension == "rs");
        assert!(name.starts_with("src/") && rust, "round {round}: {name:?}");
        assert!(name.split('/').all(clean), "round {round}: {name:?}");
        assert!(content.len() as u64 <= limits.file_bytes, "round {round}: {name:?}");
        assert!(std::str::from_utf8(content).is_ok(), "round {round}: {name:?}");
    }
}

/// The process's peak resident memory, in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn damaged_archives_never_panic_and_give_only_valid_sources() {
    let limits = limits();
    let seeds = seeds();
    let mut taken = 0;
    let mut refused = 0;
    for (kind, _, seed) in &seeds[..2] {
        assert!(archive_within(*kind, seed, &limits).is_ok(), "{kind:?} must be fine undamaged");
    }
    let before = peak_kib();
    for round in 0..ROUNDS {
        let mut random = SeededRandom(0x5EED + round as u64 * 7919);
        let (kind, compress, mut bytes) = seeds[round % seeds.len()].clone();
        mutate(&mut bytes, &mut random);
        if compress {
            repair_checksums(&mut bytes);
            bytes = gz(&bytes);
        }
        match archive_within(kind, &bytes, &limits) {
            Ok(sources) => {
                assert_valid(&sources, &limits, round);
                taken += 1;
            }
            Err(refusal) => {
                assert!(!refusal.to_string().contains('\n'), "round {round}: {refusal}");
                refused += 1;
            }
        }
    }
    // Damage that is never or always fatal would test only one outcome.
    assert!(taken > ROUNDS / 20 && refused > ROUNDS / 20, "{taken} taken, {refused} refused");
    let growth = peak_kib() - before;
    assert!(growth < PEAK_GROWTH_KIB, "{growth} KiB");
}

#[test]
fn damaged_sources_never_panic_the_scan() {
    let seed = "#![allow(unsafe_code)]\nuse std::{fs::{self, File}, net as n};\n/// doc\n\
                #[unsafe(no_mangle)]\nfn f<'a>(x: &'a str) -> u8 { r#\"raw\"#; b'\\''; 0x1F; \
                include!(\"x\"); /* c /* d */ */ std::process::exit(0) }\n";
    let mut found = 0;
    for round in 0..ROUNDS {
        let mut bytes = seed.as_bytes().to_vec();
        mutate(&mut bytes, &mut SeededRandom(0xC0DE + round as u64 * 7919));
        let files = BTreeMap::from([("src/lib.rs".to_owned(), bytes)]);
        let sources = CollectedSources { files, notes: vec![], content_hash: String::new() };
        found += scan(&sources).len();
    }
    assert!(found > ROUNDS, "{found}");
}
