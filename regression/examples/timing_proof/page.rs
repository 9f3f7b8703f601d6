//! The results as a page to be committed: what they come to, the picture, the tables, and how they were
//! made.

use crate::cells::ProofCell;
use crate::gates::GateTally;
use crate::load::LoadCondition;
use crate::table::table;
use std::fmt::Write as _;

/// The whole page.
pub fn page(cells: &[ProofCell]) -> String {
    let verdicts = cells.iter().flat_map(|cell| &cell.gates).map(|gate| gate.verdicts).max();
    let mut text = format!(
        "# How often the timing judge is wrong\n\n\
         Kernels of known work, each pair of them in real processes in the sandbox, at true ratios from 1 to \
         20; gates 10 to 50 % above and below the truth, {} verdicts each. A false pass is a kernel below \
         its gate that passed, a false fail one above it that failed. Beside it the usual way, judged on \
         the same pairs: the ratio of two medians of 100 wall times.\n\n",
        verdicts.unwrap_or(0)
    );
    text += &summary(cells);
    text += "\n![Wrong verdicts by condition and margin](timing.svg)\n\n";
    text += &table(cells);
    let minutes = cells.iter().map(|cell| cell.seconds).sum::<f64>() / 60.0;
    let load = cells.iter().map(|cell| cell.machine_load).fold(0.0, f64::max);
    let _ = writeln!(
        text,
        "\nMeasured in {minutes:.0} minutes by\n\n    \
         cargo run --release -p regression --example timing_proof -- --again\n\n\
         on {} CPUs, at a load of {load:.1} at most (this program's own one or two tasks among it). The two \
         medians gain from our order: their samples are interleaved, and bound to one CPU.\n\n\
         What no number of processes can show, how often an interval misses when the true ratio lies *at* \
         the gate, is simulated: `grader/timing/tests/simulation.rs` in every run of the tests, \
         `cargo run --release -p grader-timing --example errors` with 200,000 verdicts for each kind of noise.\n\n\
         How it judges while every core measures: [ALL_CORES.md](ALL_CORES.md).",
        std::thread::available_parallelism().map_or(0, usize::from),
    );
    text
}

/// One row for each condition.
fn summary(cells: &[ProofCell]) -> String {
    let mut text = String::from(
        "| condition | verdicts | wrong | at most, with 95 % confidence | undecided | pairs | seconds | \
         wrong by medians |\n|---|---|---|---|---|---|---|---|\n",
    );
    for condition in LoadCondition::ALL {
        let of = cells.iter().filter(|cell| cell.condition == condition.words());
        let gates: Vec<&GateTally> = of.flat_map(|cell| &cell.gates).collect();
        let sum = |pick: fn(&GateTally) -> u32| gates.iter().map(|gate| pick(gate)).sum::<u32>();
        let verdicts = sum(|gate| gate.verdicts);
        let all = f64::from(verdicts.max(1));
        let pairs = gates.iter().map(|gate| gate.pairs).sum::<u64>() as f64 / all;
        let seconds = gates.iter().map(|gate| gate.seconds).sum::<f64>() / all;
        let wrong = sum(|gate| gate.wrong);
        let medians = sum(|gate| gate.median_wrong);
        let _ = writeln!(
            text,
            "| {} | {verdicts} | {wrong} | {:.3} % | {} | {pairs:.1} | {seconds:.2} | {:.2} % |",
            condition.words(),
            100.0 * upper(wrong, verdicts),
            sum(|gate| gate.undecided),
            100.0 * f64::from(medians) / f64::from(sum(|gate| gate.median_verdicts).max(1)),
        );
    }
    text + "\nThe gates of a ratio share its pairs, so that the bound takes them for more than they are.\n"
}

/// The largest rate that would show so few wrong verdicts in one of twenty such runs: for none, 3 in all
/// of them; else by the normal approximation of a Poisson number (an approximation, good to a tenth).
pub fn upper(wrong: u32, verdicts: u32) -> f64 {
    let wrong = f64::from(wrong);
    let most = if wrong < 0.5 { 3.0 } else { (wrong + 1.0) + 1.645 * (wrong + 1.0).sqrt() };
    (most / f64::from(verdicts.max(1))).min(1.0)
}
