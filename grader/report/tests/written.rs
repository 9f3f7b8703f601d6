//! The files of a class report.

mod support;

use grader_report::{ReportError, write_all};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use support::{CANARY, SEED, class, crashed, hostile, perfect};

fn files(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

#[test]
fn a_class_has_its_files_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("deep/report");
    let written = write_all(&out, &class()).unwrap();
    assert_eq!(written.students, 7);
    assert_eq!(
        files(&out),
        ["class.html", "class.json", "class.md", "students"].map(String::from).into()
    );
    assert_eq!(files(&out.join("students")).len(), 3 * 7, "no temporary file is left");
}

#[test]
fn every_link_of_the_class_page_leads_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut grades = class();
    grades.extend([hostile("../../escape"), hostile("a\nb"), perfect(), perfect()]);
    let written = write_all(folder.path(), &grades).unwrap();
    let page = fs::read_to_string(written.class_page).unwrap();
    let links: BTreeSet<_> =
        page.split("href=\"").skip(1).map(|link| link.split('"').next().unwrap()).collect();
    assert_eq!(links.len(), grades.len(), "a page for everybody, namesakes too");
    for link in links {
        assert!(folder.path().join(link).is_file(), "{link}");
    }
    assert_eq!(
        files(folder.path().parent().unwrap()).iter().filter(|f| f.contains("escape")).count(),
        0
    );
}

#[test]
fn what_is_for_students_has_nothing_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let written = write_all(folder.path(), &class()).unwrap();
    for file in files(&folder.path().join("students")) {
        let text = fs::read_to_string(folder.path().join("students").join(&file)).unwrap();
        assert!(!text.contains(CANARY) && !text.contains(&SEED.to_string()), "{file}");
    }
    assert!(fs::read_to_string(written.class_json).unwrap().contains(CANARY));
}

#[cfg(unix)]
#[test]
fn the_file_with_hidden_values_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let written = write_all(folder.path(), &class()).unwrap();
    assert_eq!(fs::metadata(written.class_json).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn writing_again_replaces_and_keeps_what_is_not_ours() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    write_all(folder.path(), &[crashed()]).unwrap();
    let first = fs::read_to_string(folder.path().join("class.html")).unwrap();
    write_all(folder.path(), &class()).unwrap();
    assert_ne!(fs::read_to_string(folder.path().join("class.html")).unwrap(), first);
    assert_eq!(fs::read_to_string(folder.path().join("notes.txt")).unwrap(), "mine");
}

/// A file where a folder is needed stops every user, root included, whom permissions do not stop.
#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = write_all(&file, &class()).unwrap_err();
    let ReportError::Write { path, .. } = &error else { panic!("{error}") };
    assert!(path.starts_with(&file), "{error}");
    assert!(error.to_string().contains("A file stands where a folder is needed"), "{error}");
}

#[test]
fn a_file_that_cannot_be_replaced_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("students/ada.lovelace.html/in the way")).unwrap();
    let error = write_all(folder.path(), &[perfect()]).unwrap_err();
    assert!(error.to_string().contains("ada.lovelace.html"), "{error}");
    assert_eq!(files(&folder.path().join("students")).len(), 1, "no temporary file is left");
    assert!(!folder.path().join("class.html").exists(), "nothing links to what is missing");
}

#[test]
fn several_modules_in_one_report_are_refused() {
    let mut other = crashed();
    other.submission.module = "quantization".into();
    let folder = tempfile::tempdir().unwrap();
    let error = write_all(folder.path(), &[crashed(), other]).unwrap_err();
    assert!(matches!(error, ReportError::SeveralModules { .. }), "{error}");
    assert!(files(folder.path()).is_empty());
}
