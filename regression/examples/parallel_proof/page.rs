//! The table of all verdicts.

use crate::{GATE, RunCondition};
use grader_timing::{GateVerdict, Measurement};
use regression::sharing::SharingMethod;
use std::fmt::Write as _;

/// One way and its verdicts.
pub struct MethodRow {
    pub way: SharingMethod,
    measurements: Vec<(RunCondition, Option<Measurement>)>,
}

/// How often each verdict was given.
#[derive(Clone, Copy, Default)]
struct VerdictTally {
    pass: usize,
    fail: usize,
    undecided: usize,
}

impl MethodRow {
    /// No verdicts yet.
    pub fn of(way: SharingMethod) -> Self {
        Self { way, measurements: Vec::new() }
    }

    /// One more verdict; `None` if the threads were not seen well enough.
    pub fn add(&mut self, condition: RunCondition, measurement: Option<Measurement>) {
        self.measurements.push((condition, measurement));
    }

    fn of_condition(&self, condition: RunCondition) -> impl Iterator<Item = Option<&Measurement>> {
        let mine = self.measurements.iter().filter(move |(of, _)| *of == condition);
        mine.map(|(_, measurement)| measurement.as_ref())
    }

    fn tally(&self, condition: RunCondition) -> VerdictTally {
        let mut tally = VerdictTally::default();
        for measurement in self.of_condition(condition) {
            match measurement.map(|one| one.verdict) {
                Some(GateVerdict::Pass) => tally.pass += 1,
                Some(GateVerdict::Fail) => tally.fail += 1,
                Some(GateVerdict::Undecided) | None => tally.undecided += 1,
            }
        }
        tally
    }

    /// The smallest and the largest ratio.
    fn range(&self, condition: RunCondition) -> String {
        let ratios = self.of_condition(condition).flatten().map(|one| one.ratio.estimate);
        let (low, high) =
            ratios.fold((f64::INFINITY, 0.0_f64), |(low, high), one| (low.min(one), high.max(one)));
        if high > 0.0 { format!("{low:.2} to {high:.2}") } else { String::new() }
    }
}

/// The page.
pub fn page(rows: &[MethodRow], conditions: &[RunCondition]) -> String {
    let mut page = format!(
        "# Threads: verdicts on ways to share work\n\n\
         Written by `cargo run -p regression --example parallel_proof`. Each way does the same work, of some 90 ms \
         on one thread, and is compared with one thread by the time that it would take with a CPU for each of its \
         threads. The gate is {GATE}. The measured process has one CPU, whatever the machine has, so that more \
         CPUs change nothing but where the grader's own thread runs. This machine has {}.\n\n",
        std::thread::available_parallelism().map_or(0, std::num::NonZero::get)
    );
    for condition in conditions {
        // Writing to a `String` cannot fail.
        let _ = writeln!(page, "## {}\n", capitalized(condition.words));
        page += "| way | computes at once | pass | fail | undecided | times as fast |\n|---|---|---|---|---|---|\n";
        let mut wrong = 0;
        let mut undecided = 0;
        let mut all = 0;
        for row in rows {
            let VerdictTally { pass, fail, undecided: open } = row.tally(*condition);
            let is_parallel = row.way.is_parallel;
            wrong += if is_parallel { fail } else { pass };
            undecided += open;
            all += pass + fail + open;
            let _ = writeln!(
                page,
                "| `{}` | {} | {pass} | {fail} | {open} | {} |",
                row.way.name,
                if is_parallel { "yes" } else { "no" },
                row.range(*condition)
            );
        }
        let _ = writeln!(page, "\n{all} verdicts: {wrong} wrong, {undecided} undecided.\n");
    }
    page
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
