//! The pages of a module's class: written, and the stale ones removed.

use crate::exit::{CommandFailure, Result};
use grader_report::{ClassNotices, GradeSource, ReportError, ReportFiles, write_all};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// The list of the files that were written for students, one name a line: only what is in it is ever removed.
const LIST: &str = ".student-files";

/// Writes all reports of a class into `out`. Files that an earlier call wrote for students who are no
/// longer in the class are removed; all others are left alone.
pub fn publish(
    out: &Path,
    grades: &dyn GradeSource,
    notices: &ClassNotices,
) -> std::result::Result<ReportFiles, ReportError> {
    let written = write_all(out, grades, notices)?;
    let list = out.join(LIST);
    let students = out.join("students");
    for stale in listed(&list).difference(&written.student_files) {
        let file = students.join(stale);
        done(&file, fs::remove_file(&file))?;
    }
    let names: Vec<_> = written.student_files.iter().map(String::as_str).collect();
    done(&list, fs::write(&list, names.join("\n") + "\n"))?;
    Ok(written)
}

/// Copies a written report to standard output.
pub fn print_file(path: &Path) -> Result<()> {
    let mut file = fs::File::open(path).map_err(CommandFailure::ours)?;
    let mut out = io::stdout().lock();
    match io::copy(&mut file, &mut out).and_then(|_| out.write_all(b"\n")) {
        // The reader has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(CommandFailure::ours),
    }
}

/// The files of an earlier call. A list that cannot be read removes nothing.
fn listed(list: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(list).unwrap_or_default();
    text.lines().filter(|name| is_ours(name)).map(str::to_owned).collect()
}

/// Whether a report could be called so. Somebody may have edited the list.
fn is_ours(name: &str) -> bool {
    let character = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'~');
    let format =
        name.rsplit_once('.').is_some_and(|(_, end)| ["html", "md", "json"].contains(&end));
    format && !name.starts_with('.') && name.bytes().all(character)
}

/// What is gone already needs no removal.
fn done(path: &Path, result: io::Result<()>) -> std::result::Result<(), ReportError> {
    match result {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(ReportError::Write { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader_model::{Grade, Outcome};

    fn grade(student: &str) -> Grade {
        let text = r#"{"submission": {"student": "", "module": "searching", "content_hash": ""},
            "title": "", "outcome": "pass", "points": 1, "max_points": 1, "tasks": [], "cases": [],
            "problems": [], "notes": [], "fault": null, "costs": [], "provenance": {"key": "k",
            "seed": 1, "suite_hash": "", "rubric_hash": "", "toolchain": "", "sandbox": "",
            "grader_version": ""}}"#;
        let mut grade: Grade = serde_json::from_str(text).unwrap();
        student.clone_into(&mut grade.submission.student);
        assert_eq!(grade.outcome, Outcome::Pass);
        grade
    }

    fn files(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn pages_of_who_left_the_class_are_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let students = folder.path().join("students");
        publish(folder.path(), &[grade("ada"), grade("bob")], &ClassNotices::default()).unwrap();
        fs::write(students.join("notes.md"), "mine").unwrap();
        fs::write(folder.path().join("mine.html"), "mine").unwrap();
        // Whoever edits the list removes nothing elsewhere.
        let list = folder.path().join(LIST);
        let edited = fs::read_to_string(&list).unwrap() + "../mine.html\n";
        fs::write(&list, edited).unwrap();
        publish(folder.path(), &[grade("ada")], &ClassNotices::default()).unwrap();
        assert_eq!(files(&students), ["ada.html", "ada.json", "ada.md", "notes.md"]);
        assert!(folder.path().join("mine.html").is_file());
        fs::remove_file(students.join("ada.md")).unwrap();
        publish(folder.path(), &[grade("cleo")], &ClassNotices::default()).unwrap();
        assert_eq!(
            files(&students),
            ["cleo.html", "cleo.json", "cleo.md", "notes.md"],
            "what was gone is no error"
        );
    }
}
