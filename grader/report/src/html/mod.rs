//! Reports as single HTML files: no script, nothing fetched from anywhere, light and dark.
//!
//! The templates escape every value by themselves (askama); none uses the `safe` filter. The
//! content security policy in each page forbids scripts and requests, should that ever fail.

mod class_page;
mod histogram;
mod student;
mod timing;

use crate::catalogue::{self, CaseCatalogue};
use crate::class::ClassPage;
use crate::export::{ClassExporter, Exporter, PageExport};
use crate::words::CaseLabel;
use grader_model::Outcome;
use grader_model::student::StudentView;

pub use class_page::class;
pub use student::student;

/// Self-contained HTML pages.
pub struct HtmlExporter;

impl Exporter for HtmlExporter {
    fn extension(&self) -> &'static str {
        "html"
    }

    fn student(&self, view: &StudentView) -> String {
        student(view)
    }

    fn class(&self) -> Box<dyn ClassExporter + '_> {
        Box::new(PageExport(class as fn(&ClassPage) -> String))
    }

    fn catalogue(&self, catalogue: &CaseCatalogue) -> String {
        catalogue::page(catalogue)
    }
}

/// A label as a badge: sign and words, with a colour.
struct OutcomeBadge {
    class: &'static str,
    sign: &'static str,
    words: String,
}

impl From<Outcome> for OutcomeBadge {
    fn from(outcome: Outcome) -> Self {
        CaseLabel::from(outcome).into()
    }
}

impl From<CaseLabel> for OutcomeBadge {
    fn from(label: CaseLabel) -> Self {
        Self { class: label.tone.class(), sign: label.tone.sign(true), words: label.words }
    }
}

/// The page, or, if rendering fails, a page that says so. Rendering into a `String` has no way to
/// fail: no value here has a `Display` that does.
///
/// A page may be printed into a CI log, where a line that begins with `::` or `##[` is a command.
pub(crate) fn render(page: &impl askama::Template) -> String {
    let page = page
        .render()
        .unwrap_or_else(|error| format!("<!doctype html><p>This report failed: {error}"));
    // The style sheet is ours, and has `::` of its own.
    let (style, end) = (page.find("<style>").unwrap_or(0), page.find("</style>").unwrap_or(0));
    let harmless = |text: &str| text.replace("::", "&#58;&#58;").replace("##[", "&#35;&#35;[");
    harmless(&page[..style]) + &page[style..end] + &harmless(&page[end..])
}
