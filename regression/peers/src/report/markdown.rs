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
    for row in &report.rows {
        if let Some(worst) = row.largest_difference() {
            let (model, task, difference) = (row.model, row.task.name(), worst.difference);
            let _ = writeln!(
                text,
                "- {model} {task}: results agree within {difference:.0e} of their scale (`{}`).",
                worst.array
            );
        }
    }
    for problem in report.rows.iter().flat_map(super::Row::problems) {
        let _ = writeln!(text, "- {problem}");
    }
    text
}
