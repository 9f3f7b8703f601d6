//! Reports as single HTML files: no script, nothing fetched from anywhere, light and dark.
//!
//! The templates escape every value by themselves (askama); none uses the `safe` filter. The
//! content security policy in each page forbids scripts and requests, should that ever fail.

mod class_page;
mod histogram;
mod student;
mod timing;

use crate::words::{sign, tone};
use grader_model::Outcome;

pub use class_page::class;
pub use student::student;

/// An outcome as a badge: sign and word, with a colour.
struct Badge {
    class: &'static str,
    sign: &'static str,
    words: &'static str,
}

impl From<Outcome> for Badge {
    fn from(outcome: Outcome) -> Self {
        Self { class: tone(outcome).class(), sign: sign(outcome, true), words: outcome.words() }
    }
}

/// The page, or, if rendering fails, a page that says so. Rendering into a `String` has no way to
/// fail: no value here has a `Display` that does.
///
/// A page may be printed into a CI log, where a line that begins with `::` or `##[` is a command.
fn render(page: &impl askama::Template) -> String {
    let page = page
        .render()
        .unwrap_or_else(|error| format!("<!doctype html><p>This report failed: {error}"));
    // The style sheet is ours, and has `::` of its own.
    let (style, end) = (page.find("<style>").unwrap_or(0), page.find("</style>").unwrap_or(0));
    let harmless = |text: &str| text.replace("::", "&#58;&#58;").replace("##[", "&#35;&#35;[");
    harmless(&page[..style]) + &page[style..end] + &harmless(&page[end..])
}
