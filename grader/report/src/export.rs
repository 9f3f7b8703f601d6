//! The formats of reports: one exporter per format, each in a file of its own.
//!
//! A new format is a file with a type that implements [`Exporter`]. For instance, a CSV for a learning management
//! system needs `csv.rs` with one row per student in [`ClassExporter::add`], and an entry in the list of class files
//! in `write.rs`.

use crate::catalogue::CaseCatalogue;
use crate::class::ClassPage;
use crate::summary::ClassSummary;
use crate::{ClassNotices, GradeSource, ReportError};
use grader_model::Grade;
use grader_model::student::StudentView;
use std::io::{self, Write};

/// One format of reports.
pub trait Exporter {
    /// The extension of its files, without a dot.
    fn extension(&self) -> &'static str;

    /// One submission as its student may see it.
    fn student(&self, view: &StudentView) -> String;

    /// One submission for instructors. Formats that students share show the student's report.
    fn instructor(&self, grade: &Grade) -> String {
        self.student(&StudentView::from(grade))
    }

    /// Begins the report of a class, for instructors.
    fn class(&self) -> Box<dyn ClassExporter + '_>;

    /// The hidden cases of a module, for instructors.
    fn catalogue(&self, catalogue: &CaseCatalogue) -> String;
}

/// The report of a class that is being written: first each grade, then the end. Most formats need only the page at the
/// end, and none keeps a grade.
pub trait ClassExporter {
    /// Adds the next grade.
    ///
    /// # Errors
    /// Those of `out`.
    fn add(&mut self, _grade: &Grade, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Writes the rest. `page` sums up the added grades.
    ///
    /// # Errors
    /// Those of `out`.
    fn finish(self: Box<Self>, page: &ClassPage, out: &mut dyn Write) -> io::Result<()>;
}

/// A report that needs only the summary of the class.
pub(crate) struct PageExport<F>(pub(crate) F);

impl<F: Fn(&ClassPage) -> String> ClassExporter for PageExport<F> {
    fn finish(self: Box<Self>, page: &ClassPage, out: &mut dyn Write) -> io::Result<()> {
        out.write_all((self.0)(page).as_bytes())
    }
}

/// Writes the report of a class to `out`, and returns the page that sums it up.
///
/// # Errors
/// A grade cannot be read, or `out` cannot be written.
///
/// # Cost
/// Reads each grade once.
pub fn export_class(
    exporter: &dyn Exporter,
    grades: &dyn GradeSource,
    notices: &ClassNotices,
    out: &mut dyn Write,
) -> Result<ClassPage, ReportError> {
    let output = |source| ReportError::Output { source };
    let mut export = exporter.class();
    let mut summary = ClassSummary::default();
    grades.each(&mut |grade| {
        summary.add(grade);
        export.add(grade, out).map_err(output)
    })?;
    let page = summary.finish().with(notices);
    export.finish(&page, out).map_err(output)?;
    Ok(page)
}

/// [`export_class`] for grades in memory.
pub fn class_text(exporter: &dyn Exporter, grades: &[Grade]) -> String {
    let mut text = Vec::new();
    // Neither the grades nor the vector can fail.
    let _ = export_class(exporter, &grades, &ClassNotices::default(), &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
