//! All files of a class report.

use crate::{ClassPage, file_names, html, json, markdown};
use grader_model::Grade;
use grader_model::student::StudentView;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a report could not be written. Every file is whole: the old one or the new one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A file or folder could not be written.
    #[error("cannot write the report {}: {source}\n  {}", path.display(), advice(source))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The grades are of several modules.
    #[error(
        "a class report is about one module, and these grades are of {first:?} and {other:?}\n  Write each module's report into a folder of its own."
    )]
    SeveralModules {
        /// One module.
        first: String,
        /// Another one.
        other: String,
    },
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "The disk is full. Free some space and write the report again; the grades are kept in the gradebook."
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "You may not write there. Choose another folder, or change its permissions."
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "A file stands where a folder is needed. Choose another folder, or move that file away."
        }
        _ => "Choose another folder, or see what is wrong with that one.",
    }
}

/// The files that were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The class page, to be opened first.
    pub class_page: PathBuf,
    /// The class in full, with hidden values: for the instructor only (mode 0600).
    pub class_json: PathBuf,
    /// How many students' reports there are, each as HTML, Markdown and JSON.
    pub students: usize,
}

/// Writes `class.html`, `class.md` and `class.json` (this one with hidden values) into `out`, and
/// each student's `students/<file>.{html,md,json}` (without).
///
/// Each file is written beside its place and then renamed, so that nobody reads half of one. It
/// is not flushed to the disk: a report can be made again from the gradebook. Other files in
/// `out` are left alone.
pub fn write_all(out: &Path, grades: &[Grade]) -> Result<Written, ReportError> {
    one_module(grades)?;
    let students = out.join("students");
    std::fs::create_dir_all(&students)
        .map_err(|source| ReportError::Write { path: students.clone(), source })?;
    let page = ClassPage::new(grades);
    let class_page = out.join("class.html");
    let class_json = out.join("class.json");
    let names = file_names(grades.iter().map(|grade| grade.submission.student.as_str()));
    for (grade, name) in grades.iter().zip(&names) {
        let view = StudentView::from(grade);
        let file = |extension| students.join(format!("{name}.{extension}"));
        write(&file("html"), &html::student(&view), Readers::All)?;
        write(&file("md"), &markdown::student(&view), Readers::All)?;
        write(&file("json"), &json::student(&view), Readers::All)?;
    }
    write(&out.join("class.md"), &markdown::class(&page), Readers::All)?;
    write(&class_json, &json::class(grades), Readers::Owner)?;
    // Last: whoever sees the class page finds everything it links to.
    write(&class_page, &html::class(&page), Readers::All)?;
    Ok(Written { class_page, class_json, students: grades.len() })
}

fn one_module(grades: &[Grade]) -> Result<(), ReportError> {
    let mut modules = grades.iter().map(|grade| &grade.submission.module);
    let Some(first) = modules.next() else { return Ok(()) };
    modules.find(|other| *other != first).map_or(Ok(()), |other| {
        Err(ReportError::SeveralModules { first: first.clone(), other: other.clone() })
    })
}

/// Who may read a file, as far as the umask allows it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    All,
    Owner,
}

fn write(path: &Path, text: &str, readers: Readers) -> Result<(), ReportError> {
    write_atomically(path, text, readers)
        .map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

fn write_atomically(path: &Path, text: &str, readers: Readers) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".report-");
    #[cfg(unix)]
    if readers == Readers::All {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
