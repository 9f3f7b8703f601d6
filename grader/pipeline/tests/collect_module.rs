//! Which module is told by what was handed in.

mod collect_support;

use collect_support::{Class, LIB};
use grader_pipeline::collect::{Candidate, CollectLimits, Found, Kind, module_of};
use std::collections::BTreeSet;

/// Two modules that share `lib.rs` and `error.rs`.
fn candidates() -> Vec<Candidate> {
    let files =
        |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    Candidate::all(&[
        ("profiling".to_owned(), files(&["lib.rs", "error.rs", "timer.rs"])),
        ("key-cache".to_owned(), files(&["lib.rs", "error.rs", "cache.rs", "cache/window.rs"])),
    ])
}

fn told(class: &Class, entry: &str, kind: Kind) -> Option<String> {
    let found = Found::new("ada", class.at(entry), kind);
    module_of(&found, &candidates(), &CollectLimits::default()).map(str::to_owned)
}

fn told_by(files: &[&str]) -> Option<String> {
    let class =
        files.iter().fold(Class::new(), |class, file| class.file(&format!("ada/{file}"), LIB));
    told(&class, "ada", Kind::Folder)
}

#[test]
fn a_file_that_only_one_module_has_tells() {
    for file in ["src/timer.rs", "timer.rs", "my-homework/src/timer.rs"] {
        assert_eq!(told_by(&[file]).as_deref(), Some("profiling"), "{file}");
    }
    assert_eq!(told_by(&["src/lib.rs", "src/cache/window.rs"]).as_deref(), Some("key-cache"));
}

#[test]
fn a_folder_with_the_name_of_a_module_tells() {
    for folder in ["key-cache", "Key_Cache", "submission/key-cache"] {
        let file = format!("{folder}/src/lib.rs");
        assert_eq!(told_by(&[&file]).as_deref(), Some("key-cache"), "{file}");
    }
}

#[test]
fn files_that_several_modules_have_tell_nothing() {
    assert_eq!(told_by(&["src/lib.rs", "src/error.rs"]), None);
    assert_eq!(told_by(&["src/window.rs"]), None, "it lies in another folder");
    assert_eq!(told_by(&["README.md"]), None);
}

/// A whole workspace fits each of its modules: which one to grade is the instructor's to say.
#[test]
fn a_whole_workspace_tells_nothing() {
    assert_eq!(told_by(&["profiling/src/timer.rs", "key-cache/src/cache.rs"]), None);
}

#[test]
fn an_archive_in_a_folder_tells() {
    let packed = collect_support::zipped::of(&[("profiling/src/lib.rs", LIB)]);
    let class = Class::new().file("ada/work.zip", &packed).file("bob.zip", &packed);
    assert_eq!(told(&class, "ada", Kind::Folder).as_deref(), Some("profiling"));
    assert_eq!(told(&class, "bob.zip", Kind::Zip).as_deref(), Some("profiling"));
    assert_eq!(told(&class.file("eve.zip", b"PK"), "eve.zip", Kind::Zip), None);
}
