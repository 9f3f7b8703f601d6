//! A table for a document.

use std::fmt::Write;

use super::{Report, cells, headings};

/// The report as Markdown.
pub fn markdown(report: &Report) -> String {
    let headings = headings(report);
    let mut text = format!("| model | task | {} |\n", headings.join(" | "));
    let _ = writeln!(text, "|---|---|{}", "---|".repeat(headings.len()));
    for row in &report.rows {
        let cells = cells(row).join(" | ").replace('\n', "<br>");
        let _ = writeln!(text, "| {} ({}) | {} | {cells} |", row.model, row.title, row.task.name());
    }
    let _ = writeln!(text, "\n{}", report.method());
    for remark in report.remarks() {
        let _ = writeln!(text, "- {remark}");
    }
    text
}
