//! The module of a submission, inferred from its names.

mod collect_support;

use collect_support::{ClassFolder, LIB};
use grader_pipeline::collect::{
    CollectLimits, FoundSubmission, ModuleCandidate, SubmissionKind, module_of,
};
use std::collections::BTreeSet;

/// Two modules that share `lib.rs` and `error.rs`.
fn candidates() -> Vec<ModuleCandidate> {
    let files =
        |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    ModuleCandidate::all(&[
        ("searching".to_owned(), files(&["lib.rs", "error.rs", "timer.rs"])),
        ("key-cache".to_owned(), files(&["lib.rs", "error.rs", "cache.rs", "cache/window.rs"])),
    ])
}

fn module_of_entry(class: &ClassFolder, entry: &str, kind: SubmissionKind) -> Option<String> {
    let found = FoundSubmission::new("ada", class.at(entry), kind);
    module_of(&found, &candidates(), &CollectLimits::default()).map(str::to_owned)
}

fn module_of_files(files: &[&str]) -> Option<String> {
    let class = files
        .iter()
        .fold(ClassFolder::new(), |class, file| class.file(&format!("ada/{file}"), LIB));
    module_of_entry(&class, "ada", SubmissionKind::Folder)
}

#[test]
fn a_file_that_only_one_module_has_identifies_it() {
    for file in ["src/timer.rs", "timer.rs", "my-homework/src/timer.rs"] {
        assert_eq!(module_of_files(&[file]).as_deref(), Some("searching"), "{file}");
    }
    assert_eq!(
        module_of_files(&["src/lib.rs", "src/cache/window.rs"]).as_deref(),
        Some("key-cache")
    );
}

#[test]
fn a_folder_named_after_a_module_identifies_it() {
    for folder in ["key-cache", "Key_Cache", "submission/key-cache"] {
        let file = format!("{folder}/src/lib.rs");
        assert_eq!(module_of_files(&[&file]).as_deref(), Some("key-cache"), "{file}");
    }
}

#[test]
fn files_of_several_modules_identify_none() {
    assert_eq!(module_of_files(&["src/lib.rs", "src/error.rs"]), None);
    assert_eq!(module_of_files(&["src/window.rs"]), None, "it lies in another folder");
    assert_eq!(module_of_files(&["README.md"]), None);
}

/// A whole workspace fits each of its modules, so the instructor has to name one.
#[test]
fn a_whole_workspace_identifies_no_module() {
    assert_eq!(module_of_files(&["searching/src/timer.rs", "key-cache/src/cache.rs"]), None);
}

#[test]
fn an_archive_in_a_folder_identifies_its_module() {
    let packed = collect_support::zipped::of(&[("searching/src/lib.rs", LIB)]);
    let class = ClassFolder::new().file("ada/work.zip", &packed).file("bob.zip", &packed);
    assert_eq!(
        module_of_entry(&class, "ada", SubmissionKind::Folder).as_deref(),
        Some("searching")
    );
    assert_eq!(
        module_of_entry(&class, "bob.zip", SubmissionKind::Zip).as_deref(),
        Some("searching")
    );
    assert_eq!(
        module_of_entry(&class.file("eve.zip", b"PK"), "eve.zip", SubmissionKind::Zip),
        None
    );
}
