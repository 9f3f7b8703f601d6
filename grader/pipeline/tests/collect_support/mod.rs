//! Builders for valid and hostile submissions.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod tarball;
pub mod zipped;

use grader_model::Remark;
use grader_pipeline::collect::{
    CollectLimits, CollectedSources, FoundSubmission, IntakeRefusal, SubmissionKind, collect,
};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const MODULE: &str = "searching";
/// The expected value of an empty list of findings.
pub const NOTHING: [&str; 0] = [];
/// A `lib.rs` that declares every module that a test adds.
pub const LIB: &str =
    "mod a; mod again; mod b; mod big; mod crlf; mod d; mod latin; mod ops; mod pipe;
mod s; mod secret; mod target; mod wide; mod x;
pub fn answer() -> u32 {\n    42\n}\n";

/// A builder for a class folder.
pub struct ClassFolder {
    dir: TempDir,
}

impl ClassFolder {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn at(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }

    pub fn folder(self, relative: &str) -> Self {
        fs::create_dir_all(self.at(relative)).unwrap();
        self
    }

    pub fn file(self, relative: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.at(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub fn symlink(self, relative: &str, target: &str) -> Self {
        std::os::unix::fs::symlink(target, self.at(relative)).unwrap();
        self
    }

    /// Collects the folder `ada`.
    pub fn ada(&self) -> Result<CollectedSources, IntakeRefusal> {
        self.collect("ada", SubmissionKind::Folder, &CollectLimits::default())
    }

    pub fn collect(
        &self,
        entry: &str,
        kind: SubmissionKind,
        limits: &CollectLimits,
    ) -> Result<CollectedSources, IntakeRefusal> {
        collect(&FoundSubmission::new("ada", self.at(entry), kind), MODULE, limits)
    }
}

/// Collects an archive given as bytes.
pub fn archive(kind: SubmissionKind, bytes: &[u8]) -> Result<CollectedSources, IntakeRefusal> {
    archive_within(kind, bytes, &CollectLimits::default())
}

pub fn archive_within(
    kind: SubmissionKind,
    bytes: &[u8],
    limits: &CollectLimits,
) -> Result<CollectedSources, IntakeRefusal> {
    ClassFolder::new().file("ada.archive", bytes).collect("ada.archive", kind, limits)
}

/// The names of the collected files.
pub fn names(sources: &CollectedSources) -> Vec<&str> {
    sources.files.keys().map(String::as_str).collect()
}

/// Asserts that a submission was refused with a reason that contains all of these words.
#[track_caller]
pub fn assert_refused(result: Result<CollectedSources, IntakeRefusal>, words: &[&str]) {
    let refusal = result.expect_err("must be refused");
    for word in words {
        assert!(refusal.to_string().contains(word), "no {word:?} in {refusal}");
    }
    assert!(!refusal.to_string().contains('\n'), "one line: {refusal:?}");
}

/// Asserts that one of the notes contains all of these words.
#[track_caller]
pub fn assert_noted(sources: &CollectedSources, words: &[&str]) {
    let holds = |note: &Remark| words.iter().all(|word| note.to_string().contains(word));
    assert!(sources.notes.iter().any(holds), "no {words:?} in {:?}", sources.notes);
}

/// Random numbers from a seed (xorshift64*), so that a failing round can be repeated.
pub struct SeededRandom(pub u64);

impl SeededRandom {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32;
        usize::try_from(high).unwrap() % bound
    }
}
