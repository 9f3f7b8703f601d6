//! The files of a class report.

use crate::export::{ClassExporter, Exporter};
use crate::html::HtmlExporter;
use crate::json::JsonExporter;
use crate::markdown::MarkdownExporter;
use crate::staged::{FileReaders, StagedFiles};
use crate::summary::ClassSummary;
use crate::{ClassNotices, ClassPage, GradeSource, ReportError, file_name};
use grader_model::Grade;
use grader_model::student::StudentView;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The formats of a student's report.
const STUDENT_FORMATS: [&dyn Exporter; 3] = [&HtmlExporter, &MarkdownExporter, &JsonExporter];

/// The formats of a class report. The page comes last, so that it appears after everything that it links to.
const CLASS_FORMATS: [&dyn Exporter; 3] = [&MarkdownExporter, &JsonExporter, &HtmlExporter];

/// The written files, and the class that they show.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportFiles {
    /// The class in the files.
    pub page: ClassPage,
    /// The class page, to be opened first.
    pub class_page: PathBuf,
    /// The class in full, with hidden values: for the instructor only (mode 0600).
    pub class_json: PathBuf,
    /// Number of students' reports, each as HTML, Markdown and JSON.
    pub students: usize,
    /// The names of these files, in the folder `students`.
    pub student_files: BTreeSet<String>,
}

/// Writes `class.html`, `class.md` and `class.json` (this one with hidden values) into `out`, and
/// each student's `students/<file>.{html,md,json}` (without).
///
/// The files are written beside their places and moved when all are complete, so no reader finds half of one. They are
/// not flushed to the disk, because a report can be made again from the gradebook. Other files in `out` are unchanged.
///
/// # Errors
/// A file cannot be written, a grade cannot be read, or the grades belong to several modules. In the last two cases the
/// old files stay as they are.
///
/// # Cost
/// Reads each grade once, and holds one at a time.
pub fn write_all(
    out: &Path,
    grades: &dyn GradeSource,
    notices: &ClassNotices,
) -> Result<ReportFiles, ReportError> {
    let mut files = StagedFiles::in_folder(out)?;
    let mut class_files = CLASS_FORMATS
        .iter()
        .map(|exporter| ClassFile::create(*exporter, &mut files))
        .collect::<Result<Vec<_>, _>>()?;
    let mut summary = ClassSummary::default();
    let mut student_files = BTreeSet::new();
    let mut module = None;
    grades.each(&mut |grade| {
        check_module(&mut module, grade)?;
        let name = summary.add(grade);
        student_files.extend(write_formats(&mut files, &name, grade)?);
        class_files.iter_mut().try_for_each(|file| file.add(grade))
    })?;
    let page = summary.finish().with(notices);
    class_files.into_iter().try_for_each(|file| file.finish(&page, &mut files))?;
    files.publish()?;
    Ok(ReportFiles {
        class_page: out.join("class.html"),
        class_json: out.join("class.json"),
        students: page.rows.len(),
        student_files,
        page,
    })
}

/// Writes one student's `students/<file>.{html,md,json}` below `out`, for when the rest of the class is
/// still being graded. [`write_all`] writes it again under the same name.
///
/// # Errors
/// A file cannot be written.
pub fn write_student(out: &Path, grade: &Grade) -> Result<(), ReportError> {
    let mut files = StagedFiles::in_folder(out)?;
    write_formats(&mut files, &file_name(&grade.submission.student), grade)?;
    files.publish()
}

/// Writes the student's reports, and returns their names in the folder `students`.
fn write_formats(
    files: &mut StagedFiles,
    name: &str,
    grade: &Grade,
) -> Result<Vec<String>, ReportError> {
    let view = StudentView::from(grade);
    let mut names = Vec::new();
    for exporter in STUDENT_FORMATS {
        let file = format!("{name}.{}", exporter.extension());
        files.write(&format!("students/{file}"), &exporter.student(&view), FileReaders::All)?;
        names.push(file);
    }
    Ok(names)
}

/// The class report of one format.
struct ClassFile<'a> {
    name: String,
    export: Box<dyn ClassExporter + 'a>,
    out: BufWriter<File>,
    place: PathBuf,
}

impl<'a> ClassFile<'a> {
    fn create(exporter: &'a dyn Exporter, files: &mut StagedFiles) -> Result<Self, ReportError> {
        let name = format!("class.{}", exporter.extension());
        Ok(Self {
            export: exporter.class(),
            out: files.create(&name, FileReaders::Owner)?,
            place: files.place(&name),
            name,
        })
    }

    fn add(&mut self, grade: &Grade) -> Result<(), ReportError> {
        let added = self.export.add(grade, &mut self.out);
        added.map_err(|source| ReportError::Write { path: self.place.clone(), source })
    }

    /// Completes the file. It is published after all files that were completed before it.
    fn finish(mut self, page: &ClassPage, files: &mut StagedFiles) -> Result<(), ReportError> {
        let finished = self.export.finish(page, &mut self.out).and_then(|()| self.out.flush());
        finished.map_err(|source| ReportError::Write { path: self.place, source })?;
        files.complete(self.name);
        Ok(())
    }
}

fn check_module(module: &mut Option<String>, grade: &Grade) -> Result<(), ReportError> {
    let own = &grade.submission.module;
    match module {
        Some(first) if first != own => {
            Err(ReportError::SeveralModules { first: first.clone(), other: own.clone() })
        }
        Some(_) => Ok(()),
        None => {
            *module = Some(own.clone());
            Ok(())
        }
    }
}
