//! The accepted layouts of a submission, and the refusals of others.

mod collect_support;

use collect_support::{
    ClassFolder, LIB, MODULE, archive, assert_noted, assert_refused, names, tarball, zipped,
};
use grader_model::{FileList, IntakeRefusal, Remark};
use grader_pipeline::collect::{CollectLimits, SubmissionKind, collect, single};

#[test]
fn each_documented_layout_gives_the_same_sources() {
    let hash = ClassFolder::new().file("ada/src/lib.rs", LIB).ada().unwrap().content_hash;
    for place in [
        "ada/searching/src/lib.rs",
        "ada/Searching/src/lib.rs",
        "ada/submission/searching/src/lib.rs",
        "ada/my-homework/src/lib.rs",
        "ada/lib.rs",
        "ada/searching/lib.rs",
        "ada/wrapper/searching/lib.rs",
    ] {
        let sources = ClassFolder::new().file(place, LIB).ada().expect(place);
        assert_eq!(names(&sources), ["src/lib.rs"], "{place}");
        assert_eq!(sources.content_hash, hash, "{place}");
    }
}

/// Regression test: the older of two versions was graded without a note, because its folder had the plain name.
#[test]
fn two_versions_in_one_submission_are_refused() {
    for other in ["searching (1)", "searching_v2", "searching-final", "old searching", "Searching2"]
    {
        let class = ClassFolder::new()
            .file("ada/searching/src/lib.rs", LIB)
            .file(&format!("ada/{other}/src/lib.rs"), "// the newer one\n");
        assert_refused(class.ada(), &["`searching`", other, "Hand in one"]);
        let packed = ClassFolder::new()
            .file("ada/searching.zip", zipped::of(&[("src/lib.rs", LIB)]))
            .file(&format!("ada/{other}.zip"), zipped::of(&[("src/lib.rs", "// the newer one\n")]));
        assert_refused(packed.ada(), &["`searching.zip`", other]);
    }
    let beside = ClassFolder::new()
        .file("ada/searching/src/lib.rs", LIB)
        .file("ada/searchings/src/lib.rs", "// another word\n");
    assert_eq!(names(&beside.ada().unwrap()), ["src/lib.rs"]);
}

#[test]
fn folders_below_src_are_kept() {
    let class = ClassFolder::new()
        .file("ada/searching/src/lib.rs", LIB)
        .file("ada/searching/src/ops/mod.rs", LIB)
        .file("ada/searching/src/target/mod.rs", LIB);
    let sources = class.ada().unwrap();
    assert_eq!(names(&sources), ["src/lib.rs", "src/ops/mod.rs", "src/target/mod.rs"]);
    assert_eq!(sources.notes, []);
}

#[test]
fn files_without_src_are_taken_with_a_note_and_without_tests() {
    let class = ClassFolder::new()
        .file("ada/lib.rs", LIB)
        .file("ada/ops/mod.rs", LIB)
        .file("ada/tests/visible.rs", LIB)
        .file("ada/build.rs", "fn main() {}");
    let sources = class.ada().unwrap();
    assert_eq!(names(&sources), ["src/lib.rs", "src/ops/mod.rs"]);
    assert_noted(&sources, &["no folder `src`"]);
}

#[test]
fn another_module_beside_it_is_not_taken() {
    let class = ClassFolder::new()
        .file("ada/searching/src/lib.rs", "// searching\n")
        .file("ada/partitioning/src/lib.rs", "// partitioning\n");
    assert_eq!(class.ada().unwrap().files["src/lib.rs"], b"// searching\n");
}

#[test]
fn a_module_folder_has_priority_over_src_beside_it_with_a_note() {
    let class = ClassFolder::new()
        .file("ada/searching/src/lib.rs", "// in the module\n")
        .file("ada/src/lib.rs", "// beside\n");
    let sources = class.ada().unwrap();
    assert_eq!(sources.files["src/lib.rs"], b"// in the module\n");
    assert_noted(&sources, &["`searching` is graded", "`src` beside it is not"]);
}

#[test]
fn a_folder_with_another_name_is_taken_with_a_note() {
    let sources = ClassFolder::new().file("ada/homework/src/lib.rs", LIB).ada().unwrap();
    assert_noted(&sources, &["No folder is named `searching`", "`homework`"]);
}

#[test]
fn two_equally_good_places_are_refused_with_their_names() {
    let two = ClassFolder::new()
        .file("ada/old/searching/src/lib.rs", LIB)
        .file("ada/new/searching/src/lib.rs", LIB);
    assert_refused(two.ada(), &["`new/searching`", "`old/searching`", "cannot tell which"]);
    let two = ClassFolder::new().file("ada/a/src/lib.rs", LIB).file("ada/b/src/lib.rs", LIB);
    assert_refused(two.ada(), &["`a` and `b`", "searching/src"]);
}

#[test]
fn a_folder_named_after_the_module_is_found_at_any_depth() {
    let deep = ClassFolder::new()
        .file("ada/ada-main/assignments/searching/src/lib.rs", LIB)
        .file("ada/ada-main/assignments/hashing/src/lib.rs", "// hashing")
        .file("ada/ada-main/tools/src/lib.rs", "// a tool");
    assert_eq!(deep.ada().unwrap().files["src/lib.rs"], LIB.as_bytes());
    let two = deep.file("ada/ada-main/old/searching/src/lib.rs", "// old");
    assert_refused(two.ada(), &["`ada-main/assignments/searching`", "`ada-main/old/searching`"]);
    let wrapper = ClassFolder::new()
        .file("ada/hw/src/lib.rs", LIB)
        .file("ada/hw/backup/monday/searching/src/lib.rs", "// old");
    assert_refused(wrapper.ada(), &["`hw` and `hw/backup/monday/searching`"]);
}

#[test]
fn deep_sources_without_a_module_folder_are_refused_with_their_path() {
    let deep = ClassFolder::new().file("ada/a/b/homework/src/lib.rs", LIB);
    assert_refused(deep.ada(), &["3 folders down", "a/b/homework/src/lib.rs", "named `searching`"]);
}

#[test]
fn the_refusal_of_an_empty_submission_states_what_to_hand_in() {
    let empty = ClassFolder::new().folder("ada");
    assert_refused(empty.ada(), &["is empty", "Hand in the folder `searching`"]);
    let other = ClassFolder::new().file("ada/report.pdf", "%PDF");
    assert_refused(other.ada(), &["contains no Rust file"]);
    assert_refused(archive(SubmissionKind::Zip, &zipped::of(&[])), &["is empty"]);
    assert_refused(archive(SubmissionKind::TarGz, &tarball::TarBuilder::new().gz()), &["is empty"]);
    let only_tests = ClassFolder::new().file("ada/tests/visible.rs", LIB);
    assert_refused(only_tests.ada(), &["tests/visible.rs", "no folder `src`"]);
}

#[test]
fn an_archive_in_the_students_folder_is_opened() {
    let zip = zipped::of(&[("searching/src/lib.rs", LIB)]);
    let class = ClassFolder::new().file("ada/upload.zip", &zip);
    assert_eq!(names(&class.ada().unwrap()), ["src/lib.rs"]);
    let tar = tarball::TarBuilder::new().file("src/lib.rs", LIB).gz();
    let class = ClassFolder::new().file("ada/upload.tar.gz", tar);
    assert_eq!(names(&class.ada().unwrap()), ["src/lib.rs"]);
    let class =
        ClassFolder::new().file("ada/searching.zip", &zip).file("ada/partitioning.zip", "PK");
    assert_eq!(names(&class.ada().unwrap()), ["src/lib.rs"], "the module's own archive");
}

#[test]
fn an_archive_beside_sources_is_refused() {
    let zip = zipped::of(&[("src/lib.rs", LIB)]);
    let both = ClassFolder::new().file("ada/src/lib.rs", LIB).file("ada/upload.zip", &zip);
    assert_refused(both.ada(), &["Rust files and, beside them, `upload.zip`", "hand in one"]);
    let tar = tarball::TarBuilder::new().file("hw/src/lib.rs", LIB).gz();
    let equal = ClassFolder::new().file("ada/a.zip", &zip).file("ada/b.tgz", tar);
    assert_eq!(names(&equal.ada().unwrap()), ["src/lib.rs"]);
    let other = tarball::TarBuilder::new().file("src/lib.rs", "// other").gz();
    let two = ClassFolder::new().file("ada/a.zip", &zip).file("ada/b.tgz", other);
    assert_refused(two.ada(), &["`a.zip` and `b.tgz`"]);
    let named =
        ClassFolder::new().file("ada/searching/src/lib.rs", LIB).file("ada/partitioning.zip", &zip);
    assert_eq!(names(&named.ada().unwrap()), ["src/lib.rs"], "an archive of another module");
}

#[test]
fn an_archive_of_an_unsupported_format_is_refused_with_its_name() {
    let rar = ClassFolder::new().file("ada/work.rar", "Rar!");
    assert_refused(rar.ada(), &["`work.rar`", ".zip or .tar.gz"]);
    assert_refused(archive(SubmissionKind::Zip, b"Rar!\x1a\x07"), &["RAR", ".zip or .tar.gz"]);
    assert_refused(
        archive(SubmissionKind::Zip, b"#!/bin/sh"),
        &["neither a zip nor a tar archive"],
    );
    assert_refused(archive(SubmissionKind::Zip, b""), &["0 bytes"]);
}

#[test]
fn an_archive_of_a_folder_may_have_any_name() {
    let zip = zipped::of(&[("searching/src/lib.rs", LIB)]);
    assert_eq!(names(&archive(SubmissionKind::TarGz, &zip).unwrap()), ["src/lib.rs"]);
}

#[test]
fn hidden_files_and_build_output_are_skipped() {
    let class = ClassFolder::new()
        .file("ada/src/lib.rs", LIB)
        .file("ada/src/.backup.rs", LIB)
        .file("ada/src/._lib.rs", "resource fork")
        .file("ada/__MACOSX/src/lib.rs", LIB)
        .file("ada/.git/objects/x", "x")
        .folder("ada/target/debug/deps");
    let built = class.at("ada/target/debug/libsearching.rlib");
    std::fs::write(&built, "rlib").unwrap();
    std::fs::hard_link(&built, class.at("ada/target/debug/deps/libsearching.rlib")).unwrap();
    let sources = class.ada().unwrap();
    assert_eq!(names(&sources), ["src/lib.rs"]);
    assert_eq!(sources.notes, []);
}

#[test]
fn a_single_submission_is_found_by_its_path() {
    let class = ClassFolder::new().file("ada/src/lib.rs", LIB).file("notes.txt", "x");
    let found = single(&class.at("ada")).unwrap();
    assert_eq!((found.student.as_str(), found.kind), ("ada", SubmissionKind::Folder));
    let sources = collect(&found, "searching", &CollectLimits::default()).unwrap();
    assert_eq!(names(&sources), ["src/lib.rs"]);
    let missing = single(&class.at("bob")).unwrap_err().to_string();
    assert!(missing.contains("does not exist"), "{missing}");
    let file = single(&class.at("notes.txt")).unwrap_err().to_string();
    assert!(file.contains("is a file: give the folder that holds `src`"), "{file}");
}

/// A report can count what went wrong without reading sentences.
#[test]
fn remarks_and_refusals_are_values() {
    let module = || MODULE.to_owned();
    let empty = ClassFolder::new().folder("ada").ada();
    assert_eq!(empty, Err(IntakeRefusal::Empty { module: module() }));
    let packed = ClassFolder::new().file("ada/a.zip", zipped::of(&[])).ada().unwrap_err();
    assert!(matches!(&packed, IntakeRefusal::Inside { .. } | IntakeRefusal::Empty { .. }));
    let bare = ClassFolder::new().file("ada/lib.rs", LIB).ada().unwrap();
    assert_eq!(bare.notes, [Remark::NoSourceFolder { place: String::new() }]);
    let other = ClassFolder::new().file("ada/hw/src/lib.rs", LIB).ada().unwrap();
    assert_eq!(other.notes, [Remark::OnlyFolder { folder: "hw".into(), module: module() }]);
    let unused =
        ClassFolder::new().file("ada/src/lib.rs", "").file("ada/src/old.rs", "").ada().unwrap();
    assert_eq!(unused.notes, [Remark::NotCompiled { files: FileList::new(&["src/old.rs"]) }]);
}
