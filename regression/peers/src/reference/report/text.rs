//! The tables of a run.

use std::fmt::Write;

use anyhow::Result;

use super::super::decode::{CACHED, Decode, FLOOR};
use super::super::products::{NAIVE, NDARRAY, Products};
use super::{Report, names};
use crate::tables::{self, Grid, interval, number};

/// The report as tables for a terminal.
pub fn table(report: &Report) -> String {
    tables::terminal(grids(report), &report.method())
}

/// The report for a document.
pub fn markdown(report: &Report) -> String {
    tables::document(&grids(report), &report.method())
}

/// Puts the report where an earlier one was in a document.
///
/// # Errors
/// When the document has no place for it.
pub fn record(document: &str, report: &Report) -> Result<String> {
    tables::record(document, "reference", &markdown(report))
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
        grids.push(tables::goals(&goals));
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
