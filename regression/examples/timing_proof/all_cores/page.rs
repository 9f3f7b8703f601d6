//! The results as a page to be committed.

use super::{KindRow, MARGIN};
use crate::gates::GateTally;
use crate::page::upper;
use regression::memory::{ARRAY_BYTES, TABLE_BYTES};
use std::fmt::Write as _;

/// One row in a line, for who waits.
pub fn line(row: &KindRow) -> String {
    format!(
        "{} on {} at once, {:.2}x: {} verdicts a gate, {} wrong, mean {:+.1} %, worst launch {:.2}x, {:.0} s",
        row.kind.words(),
        row.cores,
        row.truth(),
        row.verdicts(),
        row.gates.iter().map(|gate| gate.wrong).sum::<u32>(),
        100.0 * (row.bias() - 1.0),
        row.worst_launch.exp(),
        row.seconds
    )
}

/// The whole page.
pub fn page(rows: &[KindRow]) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let mut text = format!(
        "# The timing judge while every core measures\n\n\
         One measurement runs on each of {} cores at the same time; both of its processes, and the thread that \
         draws and verifies, are bound to that core. The true ratio is 0.67 times the one gate and {:.1} times \
         the other. A false pass is a kernel below its gate that passed, a false fail one above it that failed.\n\n\
         | both sides depend on | cores at once | true ratio | verdicts a gate | false passes | false fails | at most a gate, with \
         95 % confidence | undecided | pairs | seconds | mean of all pairs | worst mean of one pair of processes | scatter of a pair | load |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
        first.cores,
        1.0 + MARGIN,
    );
    for row in rows {
        text += &table_row(row);
    }
    let minutes = rows.iter().map(|row| row.seconds).sum::<f64>() / 60.0;
    let _ = writeln!(
        text,
        "\nThe array that is streamed over has {} MiB, the table of the kernels that depend on the cache {} MiB \
         for each process; the last cache of this machine has {}. Where the two sides are of different kinds, \
         the true ratio is that of one core right before each round, while the other cores did not measure. The load is the number of \
         tasks that wanted a CPU in the minute before the end of a round, at most: these measurements' own {} \
         among them, and the builds of other people's work.\n\n\
         Measured in {minutes:.0} minutes on {} cores of an {} ({}), a shared virtual machine, by\n\n    \
         cargo run -p regression --example timing_proof -- --all-cores --verdicts 3000\n",
        ARRAY_BYTES >> 20,
        TABLE_BYTES >> 20,
        last_cache().unwrap_or_else(|| "an unknown size".into()),
        first.cores,
        first.cores,
        first.processor,
        first.vector_level,
    );
    text
}

fn table_row(row: &KindRow) -> String {
    let gate = |passes: bool| row.gates.iter().find(|gate| gate.passes == passes);
    let wrong = |gate: Option<&GateTally>| gate.map_or(0, |gate| gate.wrong);
    let below = wrong(gate(true));
    let above = wrong(gate(false));
    let verdicts = row.gates.iter().map(|gate| gate.verdicts).sum::<u32>();
    let all = f64::from(verdicts.max(1));
    let variance = row.squares / row.pairs as f64 - row.bias().ln().powi(2);
    format!(
        "| {} | {} | {:.2} | {} | {above} | {below} | {:.2} % | {} | {:.1} | {:.2} | {:+.1} % | {:.2}x | {:.1} % | {:.1} |\n",
        row.kind.words(),
        row.cores,
        row.truth(),
        row.verdicts(),
        100.0 * upper(below.max(above), row.verdicts()),
        row.gates.iter().map(|gate| gate.undecided).sum::<u32>(),
        row.gates.iter().map(|gate| gate.pairs).sum::<u64>() as f64 / all,
        row.gates.iter().map(|gate| gate.seconds).sum::<f64>() / all,
        100.0 * (row.bias() - 1.0),
        row.worst_launch.exp(),
        100.0 * variance.max(0.0).sqrt(),
        row.highest_load,
    )
}

/// The size of the last cache, as the kernel states it.
fn last_cache() -> Option<String> {
    let size = |index: u32| {
        let path = format!("/sys/devices/system/cpu/cpu0/cache/index{index}/size");
        std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
    };
    (0..8).rev().find_map(size)
}
