//! Discovery of submissions in a class folder.

mod collect_support;

use collect_support::{ClassFolder, LIB, MODULE, tarball, zipped};
use grader_pipeline::collect::{
    ClassContents, CollectError, CollectLimits, SubmissionKind, collect, discover, discover_among,
};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

fn discovery(class: &ClassFolder) -> ClassContents {
    discover(class.path()).unwrap()
}

fn students(discovery: &ClassContents) -> Vec<&str> {
    discovery.found.iter().map(|found| found.student.as_str()).collect()
}

fn passed_over(discovery: &ClassContents) -> Vec<&str> {
    discovery.passed_over.iter().map(|one| one.name.as_str()).collect()
}

#[track_caller]
fn unusable(discovery: &ClassContents, name: &str, words: &[&str]) {
    let entry = discovery.unusable.iter().find(|entry| entry.name == name);
    let reason = &entry.unwrap_or_else(|| panic!("{name} not in {discovery:?}")).reason;
    for word in words {
        assert!(reason.contains(word), "no {word:?} in {reason:?}");
    }
}

#[test]
fn folders_and_archives_are_found_and_sorted_by_student() {
    let class = ClassFolder::new()
        .file("grace.tar.gz", "")
        .file("ada/src/lib.rs", LIB)
        .file("edsger.ZIP", "")
        .file("barbara.tgz", "")
        .file("README.md", "about")
        .file("expected.yaml", "ada: pass")
        .file(".DS_Store", "")
        .file("__MACOSX/x", "")
        .file("grades.csv", "");
    let discovery = discovery(&class);
    assert_eq!(students(&discovery), ["ada", "barbara", "edsger", "grace"]);
    let kinds: Vec<SubmissionKind> = discovery.found.iter().map(|found| found.kind).collect();
    assert_eq!(
        kinds,
        [SubmissionKind::Folder, SubmissionKind::TarGz, SubmissionKind::Zip, SubmissionKind::TarGz]
    );
    assert_eq!(passed_over(&discovery), ["README.md", "expected.yaml", "grades.csv"]);
    assert_eq!(discovery.unusable, []);
}

#[test]
fn two_submissions_of_one_student_are_both_left_out_and_the_others_are_found() {
    let class = ClassFolder::new()
        .file("ada/src/lib.rs", LIB)
        .file("ada.zip", "")
        .folder("Bob")
        .folder("bob")
        .folder("Zo\u{eb}")
        .folder("zoe\u{308}")
        .folder("Stra\u{df}er")
        .folder("STRASSER")
        .folder("grace");
    let discovery = discovery(&class);
    assert_eq!(students(&discovery), ["grace"]);
    assert_eq!(discovery.unusable.len(), 8);
    for name in ["ada", "ada.zip"] {
        unusable(&discovery, name, &["`ada` and `ada.zip`", "does not choose", "keep the one"]);
    }
    unusable(&discovery, "Bob", &["`Bob` and `bob`"]);
    unusable(&discovery, "Zo\u{eb}", &["zoe\u{308}"]);
    unusable(&discovery, "STRASSER", &["Stra\u{df}er"]);
}

#[test]
fn an_unusable_entry_does_not_stop_the_class() {
    let class = ClassFolder::new()
        .file("ada/src/lib.rs", LIB)
        .symlink("bob", "ada")
        .symlink("carol.zip", "ada.zip")
        .file("dave.rar", "Rar!")
        .file("eve.rs", LIB)
        .folder("src");
    let _socket = std::os::unix::net::UnixListener::bind(class.at("frank")).unwrap();
    let discovery = discovery(&class);
    assert_eq!(students(&discovery), ["ada"]);
    unusable(&discovery, "bob", &["symbolic link", "put the folder or the archive itself here"]);
    unusable(&discovery, "carol.zip", &["symbolic link"]);
    unusable(&discovery, "dave.rar", &[".zip or .tar.gz"]);
    unusable(&discovery, "eve.rs", &["single file", "folder named after the student"]);
    unusable(&discovery, "src", &["single submission"]);
    unusable(&discovery, "frank", &["neither a folder nor a regular file"]);
    assert_eq!(discovery.unusable.len(), 6);
}

/// Unpacking `ada.zip` beside itself makes two entries of one submission.
#[test]
fn two_entries_with_the_same_sources_are_one_submission() {
    let zip = zipped::of(&[("searching/src/lib.rs", LIB), ("searching/Cargo.toml", "")]);
    let class = ClassFolder::new()
        .file("ada.zip", &zip)
        .file("ada/searching/src/lib.rs", LIB)
        .file("bob/src/lib.rs", LIB)
        .file("bob.zip", zipped::of(&[("src/lib.rs", "// other\n")]));
    let discovery = discovery(&class);
    assert_eq!(students(&discovery), ["ada"]);
    assert_eq!(passed_over(&discovery), ["ada.zip"]);
    assert!(discovery.passed_over[0].reason.contains("the same as `ada`"), "{discovery:?}");
    unusable(&discovery, "bob.zip", &["does not choose"]);
    assert_eq!(discovery.unusable.len(), 2);
}

/// Every upload is graded, or listed with a reason.
#[test]
fn each_entry_is_in_one_of_the_three_lists() {
    let zip = zipped::of(&[("src/lib.rs", LIB)]);
    let class = ClassFolder::new()
        .file("ada/src/lib.rs", LIB)
        .file("bjorn", &zip)
        .file("bjork.hansen", &zip)
        .file("carla.zip.txt", &zip)
        .file("dag.tar", "")
        .file("dora.zip.part", &zip)
        .file("eva.zip.crdownload", "PK")
        .file("finn.gz", "x")
        .file("gro.docx", &zip)
        .file("hana.pdf", "%PDF")
        .file("ivo.ipynb", "{}")
        .file("jo.7z", "7z")
        .file("kai", "")
        .file("lea", tarball::TarBuilder::new().file("src/lib.rs", LIB).plain())
        .file("mia.tar.xz", "")
        .file(".ola.zip", &zip)
        .file("Thumbs.db", "")
        .file("._ada", "")
        .file("notes.md", "");
    let discovery = discovery(&class);
    assert_eq!(students(&discovery), ["ada", "bjork.hansen", "bjorn", "carla", "dag", "lea"]);
    assert_eq!(passed_over(&discovery), [".ola.zip", "notes.md"]);
    unusable(&discovery, "dora.zip.part", &["did not finish", "download it again"]);
    unusable(&discovery, "eva.zip.crdownload", &["did not finish"]);
    unusable(&discovery, "finn.gz", &["neither a folder nor an archive", ".tar.gz"]);
    unusable(&discovery, "gro.docx", &["a document", ".zip or .tar.gz"]);
    unusable(&discovery, "hana.pdf", &["a document"]);
    unusable(&discovery, "ivo.ipynb", &["a notebook"]);
    unusable(&discovery, "jo.7z", &[".zip or .tar.gz"]);
    unusable(&discovery, "kai", &["neither a folder nor an archive"]);
    unusable(&discovery, "mia.tar.xz", &[".zip or .tar.gz"]);
    assert_eq!(discovery.unusable.len(), 9);
    for found in &discovery.found {
        let taken = collect(found, MODULE, &CollectLimits::default());
        assert_eq!(taken.is_ok(), found.student != "dag", "{found:?}");
    }
}

#[test]
fn a_single_submission_is_not_accepted_as_a_class() {
    let one = |class: ClassFolder, sign: &str| {
        let error = discover(class.path()).unwrap_err().to_string();
        for words in ["one submission", sign, "all submissions"] {
            assert!(error.contains(words), "no {words:?} in {error}");
        }
    };
    one(ClassFolder::new().file("src/lib.rs", LIB), "`src`");
    one(ClassFolder::new().file("src/lib.rs", LIB).file("tests/a.rs", LIB), "`src`");
    one(
        ClassFolder::new().file("Cargo.toml", "").file("searching/src/lib.rs", LIB),
        "`Cargo.toml`",
    );
    one(ClassFolder::new().file("lib.rs", LIB).file("timer.rs", LIB), "`lib.rs`");
    let class = ClassFolder::new().file("src/lib.rs", LIB).file("ada/src/lib.rs", LIB);
    assert_eq!(students(&discovery(&class)), ["ada"], "a class with a stray folder");
}

/// A student's copy of the handed-out workspace, with a stray `src` in it.
#[test]
fn a_workspace_is_not_accepted_as_a_class() {
    let workspace = || {
        let class = ClassFolder::new().file("src/lib.rs", LIB).file("searching/src/lib.rs", LIB);
        class.file("toolkit/src/lib.rs", LIB)
    };
    let among =
        |class: &ClassFolder| discover_among(class.path(), &["searching", "hashing", "toolkit"]);
    let error = among(&workspace()).unwrap_err();
    assert!(matches!(error, CollectError::OneSubmission { sign: "src", .. }), "{error}");
    let beside_an_archive = among(&workspace().file("ada.zip", ""));
    assert!(beside_an_archive.is_err(), "the archive is not the work of a class");
    let class = workspace().file("ada/src/lib.rs", LIB);
    assert!(among(&class).is_ok(), "a class with stray folders");
    assert!(discover(workspace().path()).is_ok(), "a student may be called like a module");
}

#[test]
fn a_symlink_and_an_archive_of_one_student_are_two_submissions() {
    let class = ClassFolder::new().symlink("ada", "/etc").file("ada.zip", "").folder("bob");
    let discovery = discovery(&class);
    assert_eq!(students(&discovery), ["bob"]);
    unusable(&discovery, "ada", &["`ada` and `ada.zip`"]);
}

#[test]
fn names_are_escaped_without_loss() {
    let class =
        ClassFolder::new().folder("plain n\u{e4}me").folder("line\nbreak").folder(r"back\slash");
    fs::create_dir(class.path().join(OsStr::from_bytes(b"caf\xE9"))).unwrap();
    fs::create_dir(class.at(r"caf\xE9")).unwrap();
    let discovery = discovery(&class);
    assert_eq!(
        students(&discovery),
        [r"back\\slash", r"caf\\xE9", r"caf\xE9", r"line\u{a}break", "plain n\u{e4}me"]
    );
    assert_eq!(discovery.unusable, []);
}

#[test]
fn an_unusable_class_folder_names_the_path_and_what_to_do() {
    let class = ClassFolder::new().file("notes.txt", "x").folder("empty");
    let error = |entry: &str| discover(&class.at(entry)).unwrap_err();
    for (entry, words) in [
        ("missing", "missing does not exist: check the path"),
        ("notes.txt", "notes.txt is a file: give the folder"),
        ("empty", "ada/src/lib.rs"),
    ] {
        let text = error(entry).to_string();
        assert!(text.contains(words), "{text}");
    }
    assert!(matches!(error("missing"), CollectError::NotFound { .. }));
    assert!(matches!(error("notes.txt"), CollectError::NotAFolder { .. }));
    assert!(matches!(error("empty"), CollectError::Empty { .. }));
}

#[test]
fn found_submissions_can_be_collected() {
    let zip = zipped::of(&[("ada/searching/src/lib.rs", LIB)]);
    let class = ClassFolder::new().file("ada.zip", zip).file("bob/searching/src/lib.rs", LIB);
    let hashes: Vec<String> = discovery(&class)
        .found
        .iter()
        .map(|found| collect(found, MODULE, &CollectLimits::default()).unwrap().content_hash)
        .collect();
    assert_eq!(hashes.len(), 2);
    assert_eq!(hashes[0], hashes[1]);
}

#[test]
fn a_submission_swapped_for_a_link_after_discovery_is_not_followed() {
    let class = ClassFolder::new().file("ada.zip", "").file("secret", "PK");
    let found = discovery(&class).found.remove(0);
    fs::remove_file(class.at("ada.zip")).unwrap();
    let class = class.symlink("ada.zip", "secret");
    let refusal = collect(&found, MODULE, &CollectLimits::default()).unwrap_err();
    assert!(refusal.to_string().contains("cannot be read"), "{refusal}");
    let class = class.folder("bob").folder("other/src").file("other/src/lib.rs", LIB);
    let found = discovery(&class).found.remove(0);
    assert_eq!(found.student, "bob");
    fs::remove_dir(class.at("bob")).unwrap();
    let _class = class.symlink("bob", "other");
    let refusal = collect(&found, MODULE, &CollectLimits::default()).unwrap_err();
    assert!(refusal.to_string().contains("symbolic link"), "{refusal}");
}
