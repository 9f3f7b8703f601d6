//! The files of a class report.

mod support;

use grader_model::Grade;
use grader_report::{
    ClassNotices, ClassPage, GradeSource, NoticeEntry, ReportError, file_name, write_all,
    write_student,
};
use std::cell::Cell;
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
    let written = write_all(&out, &class(), &ClassNotices::default()).unwrap();
    assert_eq!(written.students, 7);
    assert_eq!(
        files(&out),
        ["class.html", "class.json", "class.md", "students"].map(String::from).into()
    );
    assert_eq!(files(&out.join("students")), written.student_files);
    assert_eq!(written.student_files.len(), 3 * 7, "no temporary file is left");
}

#[test]
fn every_link_of_the_class_page_leads_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut grades = class();
    grades.extend([hostile("../../escape"), hostile("a\nb"), perfect(), perfect()]);
    let written = write_all(folder.path(), &grades, &ClassNotices::default()).unwrap();
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
    let written = write_all(folder.path(), &class(), &ClassNotices::default()).unwrap();
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
    let written = write_all(folder.path(), &class(), &ClassNotices::default()).unwrap();
    assert_eq!(fs::metadata(written.class_json).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn writing_again_replaces_and_keeps_what_is_not_ours() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    write_all(folder.path(), &[crashed()], &ClassNotices::default()).unwrap();
    let first = fs::read_to_string(folder.path().join("class.html")).unwrap();
    write_all(folder.path(), &class(), &ClassNotices::default()).unwrap();
    assert_ne!(fs::read_to_string(folder.path().join("class.html")).unwrap(), first);
    assert_eq!(fs::read_to_string(folder.path().join("notes.txt")).unwrap(), "mine");
}

/// A file where a folder is needed stops every user, root included, whom permissions do not stop.
#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = write_all(&file, &class(), &ClassNotices::default()).unwrap_err();
    let ReportError::Write { path, .. } = &error else { panic!("{error}") };
    assert!(path.starts_with(&file), "{error}");
    assert!(error.to_string().contains("A file is in the place of a folder"), "{error}");
}

#[test]
fn a_file_that_cannot_be_replaced_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("students/ada.lovelace.html/in the way")).unwrap();
    let error = write_all(folder.path(), &[perfect()], &ClassNotices::default()).unwrap_err();
    assert!(error.to_string().contains("ada.lovelace.html"), "{error}");
    assert_eq!(files(&folder.path().join("students")).len(), 1, "no temporary file is left");
    assert!(!folder.path().join("class.html").exists(), "nothing links to what is missing");
}

#[test]
fn several_modules_in_one_report_are_refused() {
    let mut other = crashed();
    other.submission.module = "partitioning".into();
    let folder = tempfile::tempdir().unwrap();
    let error =
        write_all(folder.path(), &[crashed(), other], &ClassNotices::default()).unwrap_err();
    assert!(matches!(error, ReportError::SeveralModules { .. }), "{error}");
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_page_that_is_written_early_has_its_name_of_later() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = hostile("Zoë <b>");
    write_student(folder.path(), &hostile).unwrap();
    let name = format!("{}.html", file_name(&hostile.submission.student));
    assert!(files(&folder.path().join("students")).contains(&name));
    assert!(!folder.path().join("class.html").exists(), "the class is not done");
    write_all(folder.path(), &[hostile], &ClassNotices::default()).unwrap();
    assert_eq!(files(&folder.path().join("students")).len(), 3);
}

/// What is said beyond the grades is in every report of the class, and in no student's.
#[test]
fn notices_are_for_instructors() {
    let folder = tempfile::tempdir().unwrap();
    let entry =
        |name: &str| NoticeEntry { name: name.into(), reason: format!("because <i> {name}") };
    let notices = ClassNotices {
        report_command: None,
        not_counted: vec![entry("counted-earlier")],
        identical: vec![vec!["twin-one".into(), "twin-two".into()]],
        passed_over: vec![entry("passed-by.pdf")],
    };
    write_all(folder.path(), &class(), &notices).unwrap();
    for file in ["class.html", "class.md", "class.json"] {
        let text = fs::read_to_string(folder.path().join(file)).unwrap().replace('\\', "");
        for name in ["counted-earlier", "twin-one", "twin-two", "passed-by.pdf", "because"] {
            assert!(text.contains(name), "{name} in {file}");
        }
    }
    assert!(!fs::read_to_string(folder.path().join("class.html")).unwrap().contains("<i>"));
    for file in files(&folder.path().join("students")) {
        let text = fs::read_to_string(folder.path().join("students").join(&file)).unwrap();
        assert!(!text.contains("twin-one") && !text.contains("passed-by"), "{file}");
    }
}

#[test]
fn class_json_says_who_has_no_grade() {
    let folder = tempfile::tempdir().unwrap();
    let written = write_all(folder.path(), &class(), &ClassNotices::default()).unwrap();
    let text = fs::read_to_string(written.class_json).unwrap();
    let class: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(class["graded"], 6);
    assert_eq!(class["not_graded"].as_array().unwrap().len(), 1);
    assert!(class["not_graded"][0]["reason"].as_str().unwrap().len() > 5);
    let none: serde_json::Value = serde_json::from_str(&grader_report::json::class(&[])).unwrap();
    assert_eq!((&none["graded"], &none["submissions"]), (&0.into(), &serde_json::json!([])));
}

/// Grades that are read one at a time, as those in a gradebook.
struct CountedGrades {
    students: usize,
    reads: Cell<usize>,
    /// The read that fails.
    unreadable: Option<usize>,
}

impl GradeSource for CountedGrades {
    fn each(
        &self,
        visit: &mut dyn FnMut(&Grade) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        (0..self.students).try_for_each(|at| {
            self.reads.set(self.reads.get() + 1);
            if self.unreadable == Some(at) {
                return Err(ReportError::Unreadable("the disk is broken".into()));
            }
            let mut grade = if at % 3 == 0 { crashed() } else { perfect() };
            grade.submission.student = format!("student {at}");
            // Made here and gone after the visit: no report can keep it.
            visit(&grade)
        })
    }
}

/// All files of a class, and the table that a command prints, from one reading of each grade.
#[test]
fn a_set_of_reports_reads_each_grade_once() {
    let folder = tempfile::tempdir().unwrap();
    let grades = CountedGrades { students: 40, reads: Cell::new(0), unreadable: None };
    let written = write_all(folder.path(), &grades, &ClassNotices::default()).unwrap();
    assert_eq!(grades.reads.get(), 40);
    assert_eq!((written.page.rows.len(), written.student_files.len()), (40, 3 * 40));
    assert_eq!(written.page, ClassPage::of(&grades).unwrap());
}

#[test]
fn a_grade_that_cannot_be_read_leaves_the_old_reports_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut grades = CountedGrades { students: 3, reads: Cell::new(0), unreadable: None };
    write_all(folder.path(), &grades, &ClassNotices::default()).unwrap();
    let page = fs::read_to_string(folder.path().join("class.html")).unwrap();
    grades.students = 9;
    grades.unreadable = Some(7);
    let error = write_all(folder.path(), &grades, &ClassNotices::default()).unwrap_err();
    assert!(matches!(error, ReportError::Unreadable(_)), "{error}");
    assert_eq!(fs::read_to_string(folder.path().join("class.html")).unwrap(), page);
    assert_eq!(files(&folder.path().join("students")).len(), 3 * 3);
    assert_eq!(files(folder.path()).len(), 4, "no temporary folder is left");
}
