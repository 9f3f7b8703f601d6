//! Tables: for a terminal, and for a document.

use std::fmt::Write;

use anyhow::{Context, Result};
use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};

use super::super::decode::{CACHED, Decode, FLOOR};
use super::super::products::{NAIVE, NDARRAY, Products};
use super::{Bound, Goal, Report, Verdict, names};
use crate::measure::Ratio;

/// Between these lines a document holds what the program wrote.
const BEGIN: &str = "<!-- written by `peers reference` -->";
const END: &str = "<!-- end -->";

/// A heading and rows of cells, whose lines are separated by `\n`.
struct Grid {
    title: &'static str,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The report as tables for a terminal.
pub fn table(report: &Report) -> String {
    let mut text = String::new();
    for grid in grids(report) {
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
    for line in report.method() {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// The report for a document.
pub fn markdown(report: &Report) -> String {
    let mut text = String::new();
    for grid in grids(report) {
        let row = |cells: &[String]| format!("| {} |\n", cells.join(" | ").replace('\n', "<br>"));
        let _ = write!(text, "{}:\n\n{}", grid.title, row(&grid.head));
        let _ = writeln!(text, "|{}", "---|".repeat(grid.head.len()));
        text.extend(grid.rows.iter().map(|cells| row(cells)));
        text.push('\n');
    }
    for line in report.method() {
        let _ = writeln!(text, "- {line}");
    }
    text
}

/// Puts the report where an earlier one was in a document.
///
/// # Errors
/// When the document has no place for it.
pub fn record(document: &str, report: &Report) -> Result<String> {
    let places = document.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) =
        places.with_context(|| format!("the document needs the lines {BEGIN} and {END}"))?;
    Ok(format!("{before}{BEGIN}\n\n{}\n{END}{after}", markdown(report)))
}

fn grids(report: &Report) -> Vec<Grid> {
    let mut grids = Vec::new();
    if !report.products.is_empty() {
        grids.push(products(&report.products));
    }
    if !report.decode.is_empty() {
        grids.push(decode(&report.decode));
    }
    let goals = report.goals();
    if !goals.is_empty() {
        let head = ["goal", "should be", "is", ""].map(String::from).to_vec();
        let rows = goals.iter().map(goal).collect();
        grids.push(Grid { title: "Goals of the reference solutions", head, rows });
    }
    grids
}

/// Everyone's speed, and how many times that of naive and ndarray it is.
fn products(all: &[Products]) -> Grid {
    let mut head = vec!["GFLOP/s\nx naive\nx ndarray".to_string()];
    head.extend(all.iter().map(|products| format!("n = {}", products.size)));
    let cell = |products: &Products, name: &str| {
        let seconds = products.field.of(name).and_then(|outcome| outcome.seconds);
        let Some(seconds) = seconds else { return "-".to_string() };
        let mut lines = vec![number(products.gflops(seconds))];
        for other in [NAIVE, NDARRAY] {
            lines.push(match products.field.ratio(other, name) {
                Some(ratio) if other != name => interval(ratio),
                _ => "1".to_string(),
            });
        }
        lines.join("\n")
    };
    let rows = names().0.into_iter().map(|name| {
        let cells = all.iter().map(|products| cell(products, name));
        [name.to_string()].into_iter().chain(cells).collect()
    });
    Grid { title: "Matrix products of f32, square, one thread", head, rows: rows.collect() }
}

/// Everyone's time for a token, and how many times ours it is.
fn decode(all: &[Decode]) -> Grid {
    let names = names().1;
    let mut head = vec!["T".to_string(), "bytes".to_string()];
    head.extend(names.iter().map(|&name| match name {
        CACHED => format!("{name}\nx {FLOOR}"),
        other => format!("{other}\nx {CACHED}"),
    }));
    let cell = |decode: &Decode, name: &str| {
        let seconds = decode.field.of(name).and_then(|outcome| outcome.seconds);
        let Some(seconds) = seconds else { return "-".to_string() };
        let (slow, fast) = if name == CACHED { (name, FLOOR) } else { (name, CACHED) };
        let ratio = decode.field.ratio(slow, fast).map_or("-".to_string(), interval);
        let mut cell = format!("{} µs\n{ratio}", number(seconds * 1e6));
        if name == FLOOR {
            let _ = write!(cell, "\n{:.0} GB/s", decode.bytes as f64 / seconds / 1e9);
        }
        cell
    };
    let rows = all.iter().map(|it| {
        let start = [it.tokens.to_string(), format!("{:.1} MB", it.bytes as f64 / 1e6)];
        start.into_iter().chain(names.iter().map(|name| cell(it, name))).collect()
    });
    let title = "The next token of a GPT (4 layers, width 128, 4 heads) that has seen T - 1";
    Grid { title, head, rows: rows.collect() }
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
fn interval(ratio: Ratio) -> String {
    let [mean, low, high] = [ratio.mean, ratio.low, ratio.high].map(number);
    format!("{mean} ({low}-{high})")
}

/// Three digits or so.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}
