//! A foreign, damaged or unwritable file is not changed, and the error names it and gives advice.

mod support;

use grader_gradebook::{Gradebook, GradebookError};
use grader_model::Outcome::Pass;
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use support::grade;

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gradebook.sqlite");
    (folder, path)
}

/// Opens the file in both modes, which must agree, and checks that the error names it.
fn refused(path: &Path) -> GradebookError {
    let reading = Gradebook::open_read_only(path).unwrap_err();
    let error = Gradebook::open(path).unwrap_err();
    assert_eq!(std::mem::discriminant(&reading), std::mem::discriminant(&error), "{reading}");
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    assert!(error.to_string().contains("\n  "), "says what to do: {error}");
    error
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let (_folder, path) = place();
    fs::write(&path, "Dear diary, ".repeat(500)).unwrap();
    assert!(matches!(refused(&path), GradebookError::NotADatabase { .. }));
    assert_eq!(fs::read_to_string(&path).unwrap(), "Dear diary, ".repeat(500));
}

#[test]
fn another_applications_database_is_left_alone() {
    let (_folder, path) = place();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE photos (x)").unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(refused(&path), GradebookError::OtherApplication { application_id: 0, .. }));
    Connection::open(&path).unwrap().execute_batch("PRAGMA application_id = 7").unwrap();
    assert!(matches!(refused(&path), GradebookError::OtherApplication { application_id: 7, .. }));
    assert_eq!(before.len(), fs::read(&path).unwrap().len());
}

#[test]
fn a_newer_version_asks_for_the_newer_grader() {
    let (_folder, path) = place();
    drop(Gradebook::open(&path).unwrap());
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    assert!(matches!(refused(&path), GradebookError::NewerVersion { found: 99, known: 3, .. }));
}

#[test]
fn an_unknown_older_version_is_not_guessed_at() {
    let (_folder, path) = place();
    drop(Gradebook::open(&path).unwrap());
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = -3").unwrap();
    assert!(matches!(Gradebook::open(&path), Err(GradebookError::OlderVersion { found: -3, .. })));
}

#[test]
fn reading_a_gradebook_that_is_not_there_creates_nothing() {
    let (_folder, path) = place();
    assert!(matches!(Gradebook::open_read_only(&path), Err(GradebookError::Missing { .. })));
    assert!(!path.exists());
}

/// A path below a file fails for every user, even for root, to whom permissions do not apply.
#[test]
fn a_place_where_nothing_can_be_created_is_named() {
    let (folder, _) = place();
    fs::write(folder.path().join("file"), "").unwrap();
    let path = folder.path().join("file/gradebook.sqlite");
    let error = Gradebook::open(&path).unwrap_err();
    assert!(matches!(error, GradebookError::CannotOpen { .. }), "{error}");
    assert!(error.to_string().contains(&path.display().to_string()));
}

#[test]
fn writing_to_a_gradebook_opened_for_reading_is_refused() {
    let (_folder, path) = place();
    drop(Gradebook::open(&path).unwrap());
    let mut book = Gradebook::open_read_only(&path).unwrap();
    let error = book.record(&grade("ada", "k", Pass), 1).unwrap_err();
    assert!(matches!(error, GradebookError::ReadOnly { .. }), "{error}");
}

#[test]
fn damage_is_reported_as_damage() {
    let (_folder, path) = place();
    let mut book = Gradebook::open(&path).unwrap();
    for n in 0..200 {
        book.record(&grade(&format!("student {n}"), "k", Pass), n).unwrap();
    }
    drop(book);
    let mut bytes = fs::read(&path).unwrap();
    let second_half = bytes.len() / 2;
    bytes[second_half..].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let book = Gradebook::open(&path).unwrap();
    let error = book.check().unwrap_err();
    assert!(matches!(error, GradebookError::Corrupt { .. }), "{error}");
    let error = book.latest("searching").unwrap_err();
    assert!(matches!(error, GradebookError::Corrupt { .. }), "{error}");
}

#[test]
fn a_path_that_looks_like_a_uri_is_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file:x?mode=memory");
    drop(Gradebook::open(&path).unwrap());
    assert!(path.is_file());
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_a_new_gradebook_and_its_journal() {
    let (folder, path) = place();
    let book = Gradebook::open(&path).unwrap();
    assert!(!book.was_closed_to_strangers());
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; CREATE TABLE x (y); INSERT INTO x VALUES (1)").unwrap();
    let files: Vec<_> = fs::read_dir(&folder).unwrap().flatten().map(|one| one.path()).collect();
    assert!(files.len() > 1, "a journal: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[cfg(unix)]
#[test]
fn a_gradebook_that_anybody_could_read_is_closed_and_one_for_a_group_is_not() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = place();
    drop(Gradebook::open(&path).unwrap());
    for (found, left) in [(0o644, 0o600), (0o664, 0o600), (0o660, 0o660), (0o600, 0o600)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(found)).unwrap();
        let book = Gradebook::open(&path).unwrap();
        assert_eq!((mode(&path), book.was_closed_to_strangers()), (left, found != left));
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    Gradebook::open_read_only(&path).unwrap();
    assert_eq!(mode(&path), 0o644, "who only reads changes nothing");
}
