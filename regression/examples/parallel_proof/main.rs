//! The proof of spans: verdicts on ways to share work among threads, honest and not, in real processes, on an
//! idle machine and beside competing threads, where the grader has a CPU beside the measured one and where it
//! has not.
//!
//! `cargo run -p regression --example parallel_proof [--rounds n] [--only part-of-a-name] [folder]`
//!
//! prints a line a verdict and writes `PARALLEL.md`, by default to `regression/timing`. A round takes some three
//! minutes when the machine is quiet.

mod load;
mod page;

use grader_driver::timed::Bench;
use grader_sandbox::{Sandbox, allowed_cpus, bind_this_thread};
use grader_timing::{
    Gate, GateVerdict, MeasurePlan, Measurement, RemoteKernel, SampleClock, measure,
};
use load::LoadThreads;
use page::MethodRow;
use regression::chain::wire;
use regression::proof::{self, ProofArguments};
use regression::sharing::{self, ALONE, ShareWorkload, SharingMethod, WAYS};

/// Steps of a piece: some 90 milliseconds for all pieces.
const STEPS: u64 = 150_000;
/// The gate of `parallel_is_fast`.
const GATE: f64 = 1.3;

/// What else runs, and where the grader may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunCondition {
    /// Words for a table.
    pub words: &'static str,
    /// Competing threads on each of the grader's CPUs.
    load: usize,
    /// Whether the grader itself has no CPU but the measured one.
    one_cpu: bool,
}

const CONDITIONS: [RunCondition; 4] = [
    RunCondition { words: "no load", load: 0, one_cpu: false },
    RunCondition { words: "two more threads on each CPU", load: 2, one_cpu: false },
    RunCondition { words: "one CPU for all", load: 0, one_cpu: true },
    RunCondition { words: "one CPU for all, and two more threads on it", load: 2, one_cpu: true },
];

fn main() {
    if proof::has_served(|| sharing::add_to(Bench::default())) {
        return;
    }
    let arguments = ProofArguments::read(&[], &["--rounds", "--only"]);
    let only = arguments.text("--only").unwrap_or_default();
    let sandbox = proof::sandbox();
    let chosen = |way: &&SharingMethod| way.name.contains(only);
    let mut rows: Vec<MethodRow> =
        WAYS.iter().filter(chosen).map(|way| MethodRow::of(*way)).collect();
    let all = allowed_cpus();
    for _ in 0..arguments.number("--rounds").unwrap_or(1) {
        for condition in CONDITIONS {
            let cpus = if condition.one_cpu { &all[all.len() - 1..] } else { &all[..] };
            assert!(bind_this_thread(cpus), "the CPUs can be had");
            let load = LoadThreads::on(cpus, condition.load);
            for row in &mut rows {
                let measurement = verdict(&sandbox, cpus, row.way);
                println!("{}, {}: {}", condition.words, row.way.name, line(measurement.as_ref()));
                row.add(condition, measurement);
            }
            drop(load);
            // Each time, so that a run that is ended early loses little.
            let path = arguments.folder().join("PARALLEL.md");
            std::fs::write(path, page::page(&rows, &CONDITIONS)).expect("the file can be written");
        }
    }
}

fn verdict(sandbox: &Sandbox, cpus: &[usize], way: SharingMethod) -> Option<Measurement> {
    let last = &cpus[cpus.len() - 1..];
    let side = |kernel| RemoteKernel::new(wire(sandbox, last).watching_threads(), kernel);
    let mut baseline = side(ALONE);
    let mut submission = side(way.name);
    let plan =
        MeasurePlan { gate: Gate::at_least(GATE).expect("a gate"), clock: SampleClock::Span };
    measure(&mut baseline, &mut submission, &mut ShareWorkload::new(STEPS), plan).ok()
}

fn line(measurement: Option<&Measurement>) -> String {
    let Some(measurement) = measurement else { return "not seen well enough".into() };
    let ratio = measurement.ratio;
    let verdict = match measurement.verdict {
        GateVerdict::Pass => "pass",
        GateVerdict::Fail => "fail",
        GateVerdict::Undecided => "undecided",
    };
    let threads = measurement.threads();
    let threads = threads.map_or(String::new(), |threads| {
        format!(", together {:.2}, work {:.2}", threads.together.unwrap_or_default(), threads.work)
    });
    format!(
        "{verdict}, {:.2} [{:.2}, {:.2}], {} pairs{threads}, {:.1} s",
        ratio.estimate,
        ratio.low,
        ratio.high,
        measurement.pairs.len(),
        measurement.seconds
    )
}
