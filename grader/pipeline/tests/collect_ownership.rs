//! The check that a submission belongs to the graded module, as a folder and as an archive.

mod collect_support;

use collect_support::{ClassFolder, assert_noted, assert_refused, zipped};
use grader_pipeline::collect::{
    CollectLimits, CollectedSources, FoundSubmission, HandoutView, IntakeRefusal, PackageFiles,
    SubmissionKind, collect_for,
};
use std::collections::BTreeMap;

const TIMER: &str = "pub struct Timer;\n";
const CACHE: &str = "pub struct Buckets;\n";
const SEARCHING: [(&str, &str); 3] = [
    ("src/lib.rs", "mod error;\nmod timer;\npub use timer::Timer;\n"),
    ("src/error.rs", "pub enum Error {}\n"),
    ("src/timer.rs", TIMER),
];
const HASHING: [(&str, &str); 3] = [
    ("src/lib.rs", "mod cache;\nmod error;\npub use cache::Buckets;\n"),
    ("src/error.rs", "pub enum Error {}\n"),
    ("src/cache.rs", CACHE),
];

fn package(files: &[(&str, &str)]) -> PackageFiles {
    files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

fn handout() -> HandoutView {
    let packages = [("searching", &SEARCHING), ("hashing", &HASHING)];
    let packages = packages.map(|(name, files)| (name.to_owned(), package(files)));
    HandoutView::new("searching", &BTreeMap::from(packages))
}

/// Regression test: a file renamed by a browser was left out, and the stub in its place cost points.
#[test]
fn a_renamed_file_is_refused_and_not_treated_as_missing() {
    for name in ["timer (1).rs", "timer - Copy.rs", "timer copy.rs", "timer.rs.txt", "timer 2.rs"] {
        let lib = "mod timer;\npub use timer::Timer;\n";
        let path = format!("src/{name}");
        let refusal =
            collect_files(&[("src/lib.rs", lib), (&path, "pub struct Timer;\n")]).unwrap_err();
        for words in ["`src/timer.rs` is missing", name, "Rename it"] {
            assert!(refusal.to_string().contains(words), "{refusal}");
        }
        let both = [("src/lib.rs", lib), ("src/timer.rs", "pub struct Timer;\n"), (&*path, "old")];
        assert!(collect_files(&both).is_ok(), "{name} is an old copy");
    }
}

fn collect_entry(
    class: &ClassFolder,
    entry: &str,
    kind: SubmissionKind,
) -> Result<CollectedSources, IntakeRefusal> {
    let found = FoundSubmission::new("ada", class.at(entry), kind);
    collect_for(&found, &handout(), &CollectLimits::default())
}

fn collect_files(files: &[(&str, &str)]) -> Result<CollectedSources, IntakeRefusal> {
    let add =
        |class: ClassFolder, (name, text): &(&str, &str)| class.file(&format!("ada/{name}"), text);
    let class = files.iter().fold(ClassFolder::new(), add);
    let folder = collect_entry(&class, "ada", SubmissionKind::Folder);
    let packed = ClassFolder::new().file("ada.zip", zipped::of(files));
    let archive = collect_entry(&packed, "ada.zip", SubmissionKind::Zip);
    let hash = |result: &Result<CollectedSources, IntakeRefusal>| {
        result.clone().map(|sources| sources.content_hash).map_err(|why| why.to_string())
    };
    assert_eq!(hash(&folder), hash(&archive), "a folder and an archive are the same");
    folder
}

/// The files of a package below `folder`, with `edit` appended to each.
fn below<'a>(folder: &str, files: &[(&'a str, &'a str)], edit: &str) -> Vec<(String, String)> {
    let file = |(name, text): &(&str, &str)| (format!("{folder}{name}"), format!("{text}{edit}"));
    files.iter().map(file).collect()
}

fn collect_owned_files(files: &[(String, String)]) -> Result<CollectedSources, IntakeRefusal> {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    collect_files(&files)
}

#[test]
fn code_of_another_module_is_refused() {
    for folder in ["", "hashing/", "hw/hashing/", "my-homework/", "searching/"] {
        let result = collect_owned_files(&below(folder, &HASHING, "// mine\n"));
        assert_refused(result, &["belongs to `hashing`", "nothing in it belongs to `searching`"]);
    }
    let bare = below("", &HASHING, "// mine\n");
    let bare: Vec<_> =
        bare.into_iter().map(|(name, text)| (name.replace("src/", ""), text)).collect();
    assert_refused(collect_owned_files(&bare), &["belongs to `hashing`"]);
    let only_file = [("cache.rs", CACHE)];
    assert_refused(collect_files(&only_file), &["belongs to `hashing`"]);
}

#[test]
fn the_module_is_found_among_others() {
    for folder in ["searching/", "hw/searching/", "homework-1/"] {
        let mut files = below(folder, &SEARCHING, "fn mine() {}\n");
        let beside = if folder.starts_with("hw/") { "hw/hashing/" } else { "hashing/" };
        files.extend(below(beside, &HASHING, "// mine\n"));
        let sources = collect_owned_files(&files).expect(folder);
        assert!(sources.files.contains_key("src/timer.rs"), "{folder}");
    }
}

#[test]
fn an_unchanged_module_beside_others_is_refused() {
    let mut files = below("searching/", &SEARCHING, "");
    assert!(collect_owned_files(&files).is_ok(), "alone it is a submission that was not started");
    files.extend(below("hashing/", &HASHING, "// mine\n"));
    assert_refused(collect_owned_files(&files), &["`searching`", "as it was handed out"]);
    files[2].1.push_str("// Ada, group 3\n\n");
    files[1].1 = files[1].1.replace("{}", "\n{\n}");
    assert_refused(collect_owned_files(&files), &["as it was handed out"]);
    files[2].1.push_str("fn mine() {}\n");
    assert!(collect_owned_files(&files).is_ok());
    let windows: Vec<_> = below("searching/", &SEARCHING, "")
        .into_iter()
        .chain(below("hashing/", &HASHING, ""))
        .map(|(name, text)| (name, text.replace('\n', "\r\n")))
        .collect();
    assert_refused(collect_owned_files(&windows), &["as it was handed out"]);
}

#[test]
fn a_restructured_module_is_recognised_by_its_public_items_or_its_names() {
    let inlined = "mod t { pub struct Timer; } pub use t::Timer;";
    for files in [
        vec![("src/lib.rs", inlined)],
        vec![("lib.rs", inlined)],
        vec![("searching/src/lib.rs", "// empty\n")],
        vec![("src/lib.rs", "// empty\n"), ("Cargo.toml", "[package]\nname = \"searching\"\n")],
        vec![("timer.rs", TIMER)],
    ] {
        collect_files(&files).unwrap_or_else(|why| panic!("{files:?}: {why}"));
    }
    assert_refused(
        collect_files(&[("src/lib.rs", "// empty\n")]),
        &["Nothing in the submission shows"],
    );
    let other = [("src/lib.rs", ""), ("Cargo.toml", "[package]\nname = \"hashing\"\n")];
    assert_refused(collect_files(&other), &["belongs to `hashing`"]);
}

#[test]
fn a_single_file_is_accepted_if_its_module_is_known() {
    let sources = collect_files(&[("timer.rs", "pub struct Timer; // mine\n")]).unwrap();
    assert_eq!(collect_support::names(&sources), ["src/timer.rs"]);
    assert_noted(&sources, &["no folder `src`"]);
    let unknown = collect_files(&[("my_timer.rs", TIMER)]);
    assert_refused(unknown, &["None of the Rust files (`src/my_timer.rs`)", "whole folder `src`"]);
}
