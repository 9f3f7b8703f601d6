//! The results as Markdown.

use crate::cells::ProofCell;
use crate::gates::{GateTally, MARGINS};
use std::fmt::Write as _;

/// One row for each condition, ratio and margin.
pub fn table(cells: &[ProofCell]) -> String {
    let mut text = String::from(
        "| condition | true ratio | margin | verdicts | false passes | false fails | undecided | \
         pairs | seconds | median of 100: false passes | false fails |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for cell in cells {
        for margin in MARGINS {
            text += &row(cell, margin);
        }
    }
    text += "\n| condition | true ratio | geometric mean of all pairs over the truth | scatter of a pair | seconds | load of the machine |\n|---|---|---|---|---|---|\n";
    for cell in cells {
        let _ = writeln!(
            text,
            "| {} | {} | {:+.2} % | {:.1} % | {:.0} | {:.1} |",
            cell.condition,
            cell.truth,
            100.0 * (cell.bias - 1.0),
            100.0 * cell.scatter,
            cell.seconds,
            cell.machine_load,
        );
    }
    text
}

fn row(cell: &ProofCell, margin: f64) -> String {
    let at = |passes: bool| {
        let of =
            |gate: &&GateTally| gate.margin.to_bits() == margin.to_bits() && gate.passes == passes;
        cell.gates.iter().find(of).expect("every margin has two gates")
    };
    // The truth is above the one gate and below the other.
    let below = at(true);
    let above = at(false);
    let verdicts = below.verdicts + above.verdicts;
    let share = |count: u32, of: u32| format!("{count} ({:.1} %)", percent(count, of));
    format!(
        "| {} | {} | {:.0} % | {verdicts} | {} | {} | {:.1} % | {:.1} | {:.2} | {} | {} |\n",
        cell.condition,
        cell.truth,
        100.0 * margin,
        share(above.wrong, above.verdicts),
        share(below.wrong, below.verdicts),
        percent(below.undecided + above.undecided, verdicts),
        (below.pairs + above.pairs) as f64 / f64::from(verdicts),
        (below.seconds + above.seconds) / f64::from(verdicts),
        share(above.median_wrong, above.median_verdicts),
        share(below.median_wrong, below.median_verdicts),
    )
}

/// `count` in `of`.
pub fn percent(count: u32, of: u32) -> f64 {
    100.0 * f64::from(count) / f64::from(of.max(1))
}
