//! The tables of a run.

use anyhow::Result;

use super::Report;
use crate::int8::{BASE, CODES, DYNAMIC, ENTRIES, Entry, Layer, Way};
use crate::tables::{self, Grid, interval, number};

/// The report as tables for a terminal.
pub fn table(report: &Report) -> String {
    tables::terminal(grids(report), &report.method())
}

/// The report for a document.
pub fn markdown(report: &Report) -> String {
    tables::document(&grids(report), &report.method())
}

/// Puts the report where an earlier one was in a document, with the picture `int8.svg`, which lies
/// beside it.
///
/// # Errors
/// When the document has no place for it.
pub fn record(document: &str, report: &Report) -> Result<String> {
    let text = format!("{}\n![The speeds as bars](int8.svg)\n", markdown(report));
    tables::record(document, "int8", &text)
}

fn grids(report: &Report) -> Vec<Grid> {
    let mut grids = vec![times(report), errors(report)];
    let goals = report.goals();
    if !goals.is_empty() {
        grids.push(tables::goals(&goals));
    }
    grids
}

/// Whom of ours somebody is compared with: who does the same.
fn counterpart(way: Way) -> Option<&'static str> {
    match way {
        Way::Floats => None,
        Way::Dynamic | Way::Static => Some(DYNAMIC),
        Way::Codes => Some(CODES),
    }
}

/// A row for each contender, a column for each layer.
fn grid(
    report: &Report,
    (title, corner): (&'static str, &str),
    cell: impl Fn(&Layer, Entry) -> String,
) -> Grid {
    let names = report.layers.iter().map(|layer| layer.case.name.to_string());
    let head = [corner.to_string()].into_iter().chain(names).collect();
    let row = |entry: Entry| {
        let cells = report.layers.iter().map(|layer| cell(layer, entry));
        [entry.contender.name.to_string()].into_iter().chain(cells).collect()
    };
    Grid { title, head, rows: ENTRIES.into_iter().map(row).collect() }
}

/// Everyone's time, how many times as fast as `f32` that is, and how many times as long as ours.
fn times(report: &Report) -> Grid {
    let title = "One layer, one thread";
    let corner = format!("time\nspeed x {BASE}\ntime x ours");
    grid(report, (title, &corner), |layer, entry| {
        let name = entry.contender.name;
        let Some(seconds) = layer.field.of(name).and_then(|outcome| outcome.seconds) else {
            return "-".to_string();
        };
        let mut lines = vec![format!("{} µs", number(seconds * 1e6))];
        let speed = layer.field.ratio(BASE, name).map(interval);
        lines.extend(speed.map(|speed| if name == BASE { "1".to_string() } else { speed }));
        let ours = counterpart(entry.way).filter(|&ours| ours != name);
        let time = ours.and_then(|ours| layer.field.ratio(name, ours));
        lines.extend(time.map(interval));
        lines.join("\n")
    })
}

/// How far everyone is from the exact result.
fn errors(report: &Report) -> Grid {
    let title = "Error of the results (root mean square, relative to that of the exact ones)";
    grid(report, (title, ""), |layer, entry| {
        let outcome = layer.field.of(entry.contender.name);
        match outcome.and_then(|outcome| outcome.error) {
            Some(error) if error < 1e-4 => format!("{error:.0e}"),
            Some(error) => format!("{:.2} %", error * 100.0),
            None => "-".to_string(),
        }
    })
}
