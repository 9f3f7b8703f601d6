//! All files of a class report.

use crate::{ClassPage, Grades, Notices, file_name, file_names, html, json, markdown};
use grader_model::Grade;
use grader_model::student::StudentView;
use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
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
    /// What a report was written to did not take it.
    #[error("cannot write the report: {source}\n  {}", advice(source))]
    Output {
        /// What the operating system said.
        source: io::Error,
    },
    /// A grade could not be read back.
    #[error("a grade that a report needs cannot be read: {0}")]
    Unreadable(String),
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
    /// The names of these files, in the folder `students`.
    pub student_files: BTreeSet<String>,
}

/// Formats of a student's report.
const FORMATS: [&str; 3] = ["html", "md", "json"];

/// Writes `class.html`, `class.md` and `class.json` (this one with hidden values) into `out`, and
/// each student's `students/<file>.{html,md,json}` (without).
///
/// Each file is written beside its place and then renamed, so that nobody reads half of one. It
/// is not flushed to the disk: a report can be made again from the gradebook. Other files in
/// `out` are left alone.
pub fn write_all(
    out: &Path,
    grades: &dyn Grades,
    notices: &Notices,
) -> Result<Written, ReportError> {
    let names = names(grades)?;
    let students = students_folder(out)?;
    let page = ClassPage::of(grades)?.with(notices);
    let class_page = out.join("class.html");
    let class_json = out.join("class.json");
    let files = file_names(names.iter().map(String::as_str));
    let formats = |name: &String| FORMATS.map(|format| format!("{name}.{format}"));
    let student_files = files.iter().flat_map(formats).collect();
    let mut files = files.into_iter();
    grades.each(&mut |grade| write_formats(&students, &files.next().unwrap_or_default(), grade))?;
    write(&out.join("class.md"), &markdown::class(&page), Readers::Owner)?;
    atomically(&class_json, Readers::Owner, &|file| json::write_class(file, grades, notices))?;
    // After the students' pages: whoever sees the class page finds everything it links to.
    write(&class_page, &html::class(&page), Readers::Owner)?;
    Ok(Written { class_page, class_json, students: names.len(), student_files })
}

/// Writes one student's `students/<file>.{html,md,json}` below `out`, for when the rest of the class is
/// still being graded. [`write_all`] writes it again under the same name.
pub fn write_student(out: &Path, grade: &Grade) -> Result<(), ReportError> {
    write_formats(&students_folder(out)?, &file_name(&grade.submission.student), grade)
}

fn students_folder(out: &Path) -> Result<PathBuf, ReportError> {
    let students = out.join("students");
    match std::fs::create_dir_all(&students) {
        Ok(()) => Ok(students),
        Err(source) => Err(ReportError::Write { path: students, source }),
    }
}

fn write_formats(students: &Path, name: &str, grade: &Grade) -> Result<(), ReportError> {
    let view = StudentView::from(grade);
    let texts = [html::student(&view), markdown::student(&view), json::student(&view)];
    FORMATS.iter().zip(texts).try_for_each(|(format, text)| {
        write(&students.join(format!("{name}.{format}")), &text, Readers::All)
    })
}

/// The students, after a look that all grades are of one module.
fn names(grades: &dyn Grades) -> Result<Vec<String>, ReportError> {
    let (mut names, mut module) = (Vec::new(), None::<String>);
    grades.each(&mut |grade| {
        names.push(grade.submission.student.clone());
        let (first, other) = (module.take(), grade.submission.module.clone());
        match first {
            Some(first) if first != other => Err(ReportError::SeveralModules { first, other }),
            _ => {
                module = Some(other);
                Ok(())
            }
        }
    })?;
    Ok(names)
}

/// Who may read a file, as far as the umask allows it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    All,
    Owner,
}

fn output(source: io::Error) -> ReportError {
    ReportError::Output { source }
}

fn write(path: &Path, text: &str, readers: Readers) -> Result<(), ReportError> {
    atomically(path, readers, &|file| file.write_all(text.as_bytes()).map_err(output))
}

fn atomically(
    path: &Path,
    readers: Readers,
    fill: &dyn Fn(&mut dyn Write) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let failed = |source| ReportError::Write { path: path.to_owned(), source };
    let file = beside(path, readers).map_err(failed)?;
    let mut buffer = BufWriter::new(file);
    let filled = fill(&mut buffer).and_then(|()| buffer.flush().map_err(output));
    filled.map_err(|error| match error {
        ReportError::Output { source } => failed(source),
        other => other,
    })?;
    let file = buffer.into_inner().map_err(|error| failed(error.into_error()))?;
    file.persist(path).map(drop).map_err(|error| failed(error.error))
}

/// A file that will take the place of `path`.
fn beside(path: &Path, readers: Readers) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".report-");
    #[cfg(unix)]
    if readers == Readers::All {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(path.parent().unwrap_or(Path::new(".")))
}
