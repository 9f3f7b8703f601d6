//! A table for the terminal.

use std::fmt::Write;

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};

use super::{Report, cells, headings};

/// The report as a table, with what has to be known to read it.
pub fn table(report: &Report) -> String {
    let mut table = Table::new();
    let under = LineStyle::none().fill('─').junction('─');
    table.load_style(TableStyle::new().header_separator(under));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([String::new()].into_iter().chain(headings(report)));
    for row in &report.rows {
        let name = format!("{}\n{}", row.model, row.task.name());
        table.add_row([name].into_iter().chain(cells(row)));
    }
    let mut text = format!("{table}\n{}\n", report.method());
    for remark in report.remarks() {
        let _ = writeln!(text, "{remark}");
    }
    text
}
