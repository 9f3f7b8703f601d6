//! Archives written by real tools. `archives/make.py` makes them, `archives/TOOLS.md` lists the tools.

use grader_pipeline::collect::{self, CollectLimits, CollectedSources, unpack};
use std::fs;
use std::path::{Path, PathBuf};

/// The module that the archives are of.
const MODULE: &str = "profiling";

/// The archives of a folder beside this file, in the order of their names.
fn archives(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/archives").join(kind);
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// The contents of every archive.
fn expected() -> CollectedSources {
    let timer = |n| format!("pub fn timer_{n}() -> u32 {{\n    {n}\n}}\n");
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("Cargo.toml", "[package]\nname = \"profiling\"\n"),
        ("src/lib.rs", "pub mod ops;\npub mod timer;\n"),
        ("src/ops/mod.rs", "pub fn one() -> u32 {\n    1\n}\n"),
        ("src/timer.rs", &(0..40).map(timer).collect::<String>()),
    ] {
        let path = folder.path().join(MODULE).join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let found = collect::single(folder.path()).unwrap();
    collect::collect(&found, MODULE, &CollectLimits::default()).unwrap()
}

#[test]
fn each_tool_gives_the_same_sources() {
    let expected = expected();
    let archives = archives("read");
    assert!(archives.len() >= 40, "{} archives", archives.len());
    for path in archives {
        let sources = unpack(fs::read(&path).unwrap(), MODULE, &CollectLimits::default());
        let sources = sources.unwrap_or_else(|why| panic!("{}: {why}", name(&path)));
        assert_eq!(sources.files, expected.files, "{}", name(&path));
        assert_eq!(sources.content_hash, expected.content_hash, "{}", name(&path));
        let notes = &sources.notes;
        assert!(notes.iter().any(|note| note.to_string().contains("Cargo.toml")), "{notes:?}");
    }
}

#[test]
fn an_unsupported_archive_is_refused_and_the_message_states_what_to_hand_in() {
    for (archive, words) in [
        ("7zip-deflate64.zip", ["does not read", "deflate"]),
        ("7zip-lzma.zip", ["does not read", "deflate"]),
        ("7zip.7z", ["a 7z archive", ".zip or .tar.gz"]),
        ("bsdtar.tar.xz", ["xz", ".zip or .tar.gz"]),
        ("gnu-tar.tar.bz2", ["bzip2", ".zip or .tar.gz"]),
        ("gzip-of-one-file.gz", ["no tar archive", ".zip or .tar.gz"]),
        ("info-zip-password.zip", ["encrypted", "without a password"]),
    ] {
        let path = archives("refused").into_iter().find(|path| name(path) == archive).unwrap();
        let refusal = unpack(fs::read(path).unwrap(), MODULE, &CollectLimits::default());
        let refusal = refusal.unwrap_err();
        for word in words {
            assert!(refusal.to_string().contains(word), "{archive}: no {word:?} in {refusal}");
        }
    }
}
