//! Tests of remarks: their texts, and how they are stored.

use super::*;
use crate::{AuditRoute, Grade, NameProblem, ReadProblem};

fn list(names: &[&str]) -> FileList {
    FileList::new(names)
}

/// One refusal of each kind.
fn refusals() -> Vec<IntakeRefusal> {
    let module = || "hashing".to_owned();
    let file = || "src/timer.rs".to_owned();
    let kind = || "a symbolic link".to_owned();
    vec![
        IntakeRefusal::Encrypted.inside("a.zip"),
        IntakeRefusal::EmptyArchive,
        IntakeRefusal::UnsupportedFormat { format: "a RAR archive".into() },
        IntakeRefusal::UnsupportedArchive { name: "ada.rar".into() },
        IntakeRefusal::GzipWithoutTar,
        IntakeRefusal::ArchiveTooLarge { limit_bytes: 64 << 20 },
        IntakeRefusal::UnpackedTooLarge { limit_bytes: 512 << 20 },
        IntakeRefusal::ArchiveBomb { ratio: 200 },
        IntakeRefusal::OverlappingEntries,
        IntakeRefusal::DamagedArchive { problem: "unexpected end of file".into() },
        IntakeRefusal::NestedArchives { archive: "deep.zip".into() },
        IntakeRefusal::Encrypted,
        IntakeRefusal::UnsupportedZipFeature { feature: "its compression".into() },
        IntakeRefusal::RepeatedEntry,
        IntakeRefusal::RepeatedFile { name: file() },
        IntakeRefusal::SizeMismatch { declared: 12 },
        IntakeRefusal::NameTooLong { begin: "aaaa".into(), bytes: 300, limit: 255 },
        IntakeRefusal::BadName { name: "/etc".into(), problem: NameProblem::Absolute },
        IntakeRefusal::BadName { name: "..".into(), problem: NameProblem::LeadsOut },
        IntakeRefusal::BadName { name: "\\n".into(), problem: NameProblem::Invisible },
        IntakeRefusal::BadName { name: "a\\\\b".into(), problem: NameProblem::Backslash },
        IntakeRefusal::NotAFolder,
        IntakeRefusal::NotAFile,
        IntakeRefusal::SpecialFile { kind: kind() },
        IntakeRefusal::SpecialModuleFile { path: file(), kind: kind() },
        IntakeRefusal::SpecialSourceFolder { path: "src".into(), kind: kind(), module: module() },
        IntakeRefusal::ReplacedDuringReading,
        IntakeRefusal::Unreadable {
            problem: ReadProblem::NoPermission,
            error: "permission denied".into(),
        },
        IntakeRefusal::Unreadable { problem: ReadProblem::Gone, error: "not found".into() },
        IntakeRefusal::Unreadable { problem: ReadProblem::FileSystem, error: "bad disk".into() },
        IntakeRefusal::FileTooLarge { limit_bytes: 4 << 20 },
        IntakeRefusal::TooManyEntries { limit: 10_000 },
        IntakeRefusal::TooManySourceFiles { limit: 500 },
        IntakeRefusal::SourcesTooLarge { limit_bytes: 16 << 20 },
        IntakeRefusal::OtherModule { found: "searching".into(), module: module() },
        IntakeRefusal::UnknownModule { module: module() },
        IntakeRefusal::UnchangedHandout { module: module() },
        IntakeRefusal::SeveralSources { places: list(&["a", "b"]), module: module() },
        IntakeRefusal::SourcesBesideArchive { archives: list(&["a.zip"]) },
        IntakeRefusal::Empty { module: module() },
        IntakeRefusal::NoRustFile { module: module() },
        IntakeRefusal::SourcesTooDeep { folders: 5, path: "a/b/c".into(), module: module() },
        IntakeRefusal::NoSourceFolder { path: "a.rs".into(), module: module() },
        IntakeRefusal::NothingReached { files: list(&["a.rs"]), module: module() },
        IntakeRefusal::RenamedFile { name: file(), found: "src/timer (1).rs".into() },
        IntakeRefusal::AmbiguousCase { name: file(), candidates: list(&["A.rs", "a.rs"]) },
        IntakeRefusal::FileAndFolder { file: "src/a".into(), inside: "src/a/b.rs".into() },
        IntakeRefusal::Utf16 { file: file() },
        IntakeRefusal::NotUtf8 { file: file(), line: 3, byte: 0xE9 },
    ]
}

fn audit(around: Option<AuditRoute>) -> AuditRefusal {
    AuditRefusal {
        function: "Attention::forward".into(),
        tasks: vec!["attention".into()],
        way: vec!["Attention::forward".into(), "help::scores".into()],
        leads_to: Some("lib::Layer::forward".into()),
        around,
    }
}

/// One remark of each kind, and each refusal.
fn remarks() -> Vec<Remark> {
    let mut remarks: Vec<_> =
        refusals().into_iter().map(|refusal| Remark::NotCollected { refusal }).collect();
    remarks.extend([
        Remark::UnusableEntry {
            name: "a.pdf".into(),
            reason: "is a document: ask for a .zip".into(),
        },
        Remark::NoSourceFolder { place: String::new() },
        Remark::SourcesBesideFolder { folder: "hashing".into(), is_src: true },
        Remark::SourcesBesideFolder { folder: "hashing".into(), is_src: false },
        Remark::OnlyFolder { folder: "work".into(), module: "hashing".into() },
        Remark::OtherSpelling { found: "src/Timer.rs".into(), name: "src/timer.rs".into() },
        Remark::IncludedFromHandout { file: "README.md".into() },
        Remark::NotHandedIn { files: vec!["src/a.rs".into(), "src/b.rs".into()] },
        Remark::ByteOrderMark { file: "src/lib.rs".into() },
        Remark::NotCompiled { files: list(&["src/old.rs"]) },
        Remark::NotIncluded { files: list(&["src/data.csv"]) },
        Remark::SpecialFiles { kinds: vec!["a device".into()], files: list(&["dev"]) },
        Remark::CourseBuild { left_out: FileList::default() },
        Remark::CourseBuild { left_out: list(&["build.rs"]) },
        Remark::SourceWarning {
            file: "src/lib.rs".into(),
            line: 7,
            code: "std::fs".into(),
            explanation: "The program runs in an empty folder.".into(),
        },
        Remark::CallAudit { refusal: audit(None) },
        Remark::CallAudit { refusal: audit(Some(AuditRoute::Detached)) },
        Remark::EarlierRubric { reason: "the gate of task `tiled` changed".into() },
        Remark::text("A sentence as such."),
    ]);
    remarks
}

/// What a student or an instructor can do.
const ADVICE: [&str; 12] = [
    "Hand in",
    "Hand it in",
    "hand in one",
    "Pack",
    "Upload",
    "Unpack",
    "Give it",
    "Rename",
    "Remove or rename",
    "Save it",
    "hand it in",
    "Pack it again",
];

#[test]
fn every_refusal_says_what_to_do_next() {
    for refusal in refusals() {
        let text = refusal.to_string();
        assert!(ADVICE.iter().any(|advice| text.contains(advice)), "{text}");
        assert!(!text.contains('\n') && text.ends_with(['.', ')']), "{text}");
    }
}

/// A page for a student reports facts, and suspects no intent.
#[test]
fn no_text_accuses() {
    for remark in remarks() {
        let text = remark.to_string().to_lowercase();
        for word in
            ["you tried", "cheat", "attack", "illegal", "forbidden", "malicious", "suspicious"]
        {
            assert!(!text.contains(word), "{word:?} in {text}");
        }
    }
}

#[test]
fn remarks_can_be_counted() {
    let remarks = remarks();
    let refused = |remark: &&Remark| matches!(remark, Remark::NotCollected { .. });
    assert_eq!(remarks.iter().filter(refused).count(), refusals().len());
    let encrypted =
        refusals().iter().filter(|one| *one.innermost() == IntakeRefusal::Encrypted).count();
    assert_eq!(encrypted, 2, "one of them inside another archive");
}

/// A grade with only what matters here.
fn grade(notes: &str) -> Result<Grade, serde_json::Error> {
    serde_json::from_str(&format!(
        r#"{{"submission": {{"student": "ada", "module": "hashing", "content_hash": "00", "remarks": {notes}}},
            "title": "", "outcome": "partial", "points": 1.0, "max_points": 2.0, "tasks": [], "cases": [],
            "problems": [], "notes": {notes}, "fault": null, "costs": [], "provenance": {{"key": "",
            "seed": 1, "suite_hash": "", "rubric_hash": "", "toolchain": "", "sandbox": "",
            "grader_version": ""}}}}"#
    ))
}

#[test]
fn remarks_survive_a_record() {
    let mut stored = grade("[]").unwrap();
    stored.notes = remarks();
    stored.submission.remarks = remarks();
    let json = serde_json::to_string(&stored).unwrap();
    assert_eq!(serde_json::from_str::<Grade>(&json).unwrap(), stored);
    assert!(json.contains(r#""kind":"no_source_folder""#), "{json}");
    for text in stored.remark_texts() {
        let quoted = serde_json::to_string(&text).unwrap();
        assert!(json.contains(&quoted), "the text of each remark is beside its data: {quoted}");
    }
}

/// Records of earlier versions hold plain sentences, and those of later versions may hold unknown kinds.
#[test]
fn remarks_of_other_versions_keep_their_text() {
    let notes = r#"["not handed in: src/a.rs", {"kind": "of_next_year", "text": "A new remark.", "file": 1}]"#;
    let grade = grade(notes).unwrap();
    assert_eq!(
        grade.remark_texts(),
        ["not handed in: src/a.rs", "A new remark.", "not handed in: src/a.rs", "A new remark."]
    );
    let again = serde_json::to_value(&grade).unwrap();
    assert_eq!(again["notes"][0], "not handed in: src/a.rs", "an old sentence stays a sentence");
    assert!(self::grade(r#"[{"kind": "of_next_year"}]"#).is_err(), "a remark without a text");
}
