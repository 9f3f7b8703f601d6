//! The expected text of reports, from their numbers.

use crate::contract::{Context, Spans};
use std::fmt::Write;

/// The expected result of `ProfileReport::render` for these numbers.
pub fn context(report: &Context) -> String {
    let rate = |value: Option<f64>, unit: &str| {
        value.map_or("n/a".to_owned(), |value| format!("{value:.3}{unit}"))
    };
    let memory = &report.memory;
    let lines = [
        format!("== {} ==", report.name),
        format!("{:<13}{:.6} s", "time", report.seconds),
        format!(
            "{:<13}{} B (leaked {} B in {} allocations)",
            "memory peak", memory.peak_bytes, memory.leaked_bytes, memory.allocations
        ),
        format!("{:<13}{}", "flops", report.flops),
        format!("{:<13}{}", "GFLOP/s", rate(report.gflops, "")),
        format!("{:<13}{}", "intensity", rate(report.intensity, " FLOP/B")),
    ];
    lines.join("\n")
}

/// The expected result of `SpanReport::render` for these rows.
pub fn spans(report: &Spans) -> String {
    let mut text = String::new();
    for row in &report.rows {
        let name = row.path.rsplit('/').next().unwrap_or_default();
        let label = format!("{}{name}", "  ".repeat(row.depth));
        let percent = row.share * 100.0;
        // Writing to a `String` cannot fail.
        let _ =
            writeln!(text, "{label:<24} {:>6} x {:>10.6} s {percent:>6.1} %", row.calls, row.total);
    }
    let percent: f64 = report.rows.iter().map(|row| row.share * 100.0).sum();
    let _ = write!(text, "{:<24} {:>6}   {:>10.6} s {percent:>6.1} %", "total", "", report.total);
    text
}
