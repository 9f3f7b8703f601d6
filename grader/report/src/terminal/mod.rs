//! Reports for a terminal.

mod class;
mod one;
mod style;
mod text;

pub use class::class;
pub use one::{instructor, student};
pub use style::TextStyle;
pub(crate) use text::wrap;

use crate::catalogue::{self, CaseCatalogue};
use crate::class::ClassPage;
use crate::export::{ClassExporter, Exporter, PageExport};
use grader_model::Grade;
use grader_model::student::StudentView;

/// Text for a terminal of the given style.
pub struct TerminalExporter(pub TextStyle);

impl Exporter for TerminalExporter {
    fn extension(&self) -> &'static str {
        "txt"
    }

    fn student(&self, view: &StudentView) -> String {
        student(view, &self.0)
    }

    fn instructor(&self, grade: &Grade) -> String {
        instructor(grade, &self.0)
    }

    fn class(&self) -> Box<dyn ClassExporter + '_> {
        Box::new(PageExport(|page: &ClassPage| class(page, &self.0)))
    }

    fn catalogue(&self, catalogue: &CaseCatalogue) -> String {
        catalogue::terminal(catalogue, self.0)
    }
}
