//! Tables and ratios as text: for a terminal, and for a document.

use std::fmt::Write;

use anyhow::{Context, Result};
use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};

use crate::measure::Ratio;
use crate::reference::report::{Bound, Goal, Verdict};

/// The line after which a document no longer holds what the program wrote.
const END: &str = "<!-- end -->";

/// A heading and rows of cells, whose lines are separated by `\n`.
pub struct Grid {
    /// What the numbers are.
    pub title: &'static str,
    /// One for each column.
    pub head: Vec<String>,
    /// As many cells as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// Tables for a terminal, and lines below them.
pub fn terminal(grids: Vec<Grid>, lines: &[String]) -> String {
    let mut text = String::new();
    for grid in grids {
        let mut table = Table::new();
        let under = LineStyle::none().fill('─').junction('─');
        table.load_style(TableStyle::new().header_separator(under));
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(grid.head);
        for row in grid.rows {
            table.add_row(row);
        }
        let _ = writeln!(text, "{}\n{table}\n", grid.title);
    }
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// Tables for a document, and a list below them.
pub fn document(grids: &[Grid], lines: &[String]) -> String {
    let mut text = String::new();
    for grid in grids {
        let row = |cells: &[String]| format!("| {} |\n", cells.join(" | ").replace('\n', "<br>"));
        let _ = write!(text, "{}:\n\n{}", grid.title, row(&grid.head));
        let _ = writeln!(text, "|{}", "---|".repeat(grid.head.len()));
        text.extend(grid.rows.iter().map(|cells| row(cells)));
        text.push('\n');
    }
    for line in lines {
        let _ = writeln!(text, "- {line}");
    }
    text
}

/// Puts what a subcommand wrote where an earlier run's text was in a document.
///
/// # Errors
/// When the document has no place for it.
pub fn record(document: &str, subcommand: &str, text: &str) -> Result<String> {
    let begin = format!("<!-- written by `peers {subcommand}` -->");
    let places = document.split_once(&begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) =
        places.with_context(|| format!("the document needs the lines {begin} and {END}"))?;
    Ok(format!("{before}{begin}\n\n{text}\n{END}{after}"))
}

/// What should be reached, and what was.
pub fn goals(goals: &[Goal]) -> Grid {
    let head = ["goal", "should be", "is", ""].map(String::from).to_vec();
    let rows = goals.iter().map(goal).collect();
    Grid { title: "Goals of the reference solutions", head, rows }
}

fn goal(goal: &Goal) -> Vec<String> {
    let bound = match goal.bound {
        Bound::AtLeast(limit) => format!("at least {limit}"),
        Bound::AtMost(limit) => format!("at most {limit}"),
    };
    let verdict = match goal.verdict() {
        Verdict::Met => "met",
        Verdict::NotMet => "not met",
        Verdict::Undecided => "undecided",
        Verdict::Unknown => "not measured",
    };
    let ratio = goal.ratio.map_or("-".to_string(), interval);
    vec![goal.claim.clone(), bound, ratio, verdict.to_string()]
}

/// `47.3 (46.1-48.5)`.
pub fn interval(ratio: Ratio) -> String {
    let [mean, low, high] = [ratio.mean, ratio.low, ratio.high].map(number);
    format!("{mean} ({low}-{high})")
}

/// Three digits or so.
pub fn number(value: f64) -> String {
    let decimals = match value.abs() {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}
