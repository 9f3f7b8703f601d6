//! The judge while every core measures: kernels that compute, that stream through memory and that fill
//! the last cache, at true ratios of 0.67 and 1.5 times the gate. What was measured is kept round by
//! round, so that a run that is ended goes on where it was.

mod kind;
mod page;

use crate::gates::{GateTally, NextPair, OpenMeasurement};
use crate::machine_load;
use grader_pipeline::machine;
use grader_sandbox::{Sandbox, allowed_cpus, bind_this_thread};
use grader_timing::{PairedRun, RemoteKernel, SampleClock, Workload};
use kind::KernelKind;
use regression::chain::wire;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How far the gates are from the truth.
const MARGIN: f64 = 0.50;
/// Verdicts a gate between two writes of the file.
const VERDICTS_A_ROUND: u32 = 100;
/// Verdicts from one pair of processes.
const VERDICTS_A_LAUNCH: u32 = 25;
/// Verdicts on one core from which the ratio of kernels of two kinds is known.
const VERDICTS_ALONE: u32 = 50;
/// Kernels of two kinds have this many times fewer verdicts: they show how far neighbours move a ratio.
const CONTROL: u32 = 10;
/// A ratio that no kernels have.
const FAR: f64 = 1e6;

/// What was measured of one kind.
#[derive(Serialize, Deserialize)]
struct KindRow {
    kind: KernelKind,
    processor: String,
    vector_level: String,
    /// Cores that measured at once.
    cores: usize,
    /// Elapsed seconds of all rounds.
    seconds: f64,
    /// The highest load of the machine after a round, these measurements among it.
    highest_load: f64,
    /// All pairs, and the sums of the logarithms of their true ratios, of their ratios over those, and of
    /// the squares of these.
    pairs: u64,
    truths: f64,
    logs: f64,
    squares: f64,
    /// How far the mean of one pair of processes was from the truth, at most: a logarithm.
    worst_launch: f64,
    /// One gate below the truth and one above it, as if the truth were one.
    gates: Vec<GateTally>,
}

impl KindRow {
    fn new(kind: KernelKind, cores: usize) -> Self {
        let machine = machine(None);
        Self {
            kind,
            processor: machine.processor,
            vector_level: machine.vector_level.to_string(),
            cores,
            seconds: 0.0,
            highest_load: 0.0,
            pairs: 0,
            truths: 0.0,
            logs: 0.0,
            squares: 0.0,
            worst_launch: 0.0,
            gates: gates(1.0),
        }
    }

    fn verdicts(&self) -> u32 {
        self.gates.iter().map(|gate| gate.verdicts).min().unwrap_or(0)
    }

    /// The true ratio, over all rounds.
    fn truth(&self) -> f64 {
        (self.truths / self.pairs.max(1) as f64).exp()
    }

    /// What was measured over what is true, over all pairs.
    fn bias(&self) -> f64 {
        (self.logs / self.pairs.max(1) as f64).exp()
    }

    /// Adds what one core measured where the ratio was `truth`.
    fn add(&mut self, part: &CoreResult, truth: f64) {
        let pairs = part.pairs as f64;
        let truth = truth.ln();
        self.pairs += part.pairs;
        self.truths += pairs * truth;
        self.logs += part.logs - pairs * truth;
        self.squares += part.squares - 2.0 * truth * part.logs + pairs * truth * truth;
        let deviations = part.launches.iter().map(|mean| (mean - truth).abs());
        self.worst_launch = deviations.fold(self.worst_launch, f64::max);
        for (sum, gate) in self.gates.iter_mut().zip(&part.gates) {
            sum.add(gate);
        }
    }
}

type KindRun<'a> = PairedRun<'a, Box<dyn Workload<Wrong = &'static str>>>;

/// What one core measured in one round.
struct CoreResult {
    pairs: u64,
    logs: f64,
    squares: f64,
    /// The mean logarithm of each pair of processes.
    launches: Vec<f64>,
    gates: Vec<GateTally>,
}

fn gates(truth: f64) -> Vec<GateTally> {
    let is_far = |gate: &GateTally| gate.margin.to_bits() == MARGIN.to_bits();
    GateTally::around(truth).into_iter().filter(is_far).collect()
}

/// Measures every kind until each gate has `verdicts` verdicts or `most` is over, and writes the page.
pub fn prove(sandbox: &Sandbox, verdicts: u32, most: Duration, again: bool, folder: &Path) {
    let begin = Instant::now();
    let path = folder.join("all_cores.json");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let mut rows: Vec<KindRow> = serde_json::from_str(&text).unwrap_or_default();
    let cpus = allowed_cpus();
    // Another machine's verdicts are not added to this one's.
    let here = machine(None).processor;
    let is_of_here = |row: &KindRow| row.processor == here && [1, cpus.len()].contains(&row.cores);
    rows.retain(|row| !again && is_of_here(row));
    for (kind, cores) in rows_of(cpus.len()) {
        let is_same = |row: &KindRow| row.kind == kind && row.cores == cores;
        if !rows.iter().any(is_same) && begin.elapsed() < most {
            rows.push(KindRow::new(kind, cores));
        }
        let Some(row) = rows.iter().position(is_same) else { continue };
        let wanted = kind.known_ratio().map_or(verdicts / CONTROL, |_| verdicts);
        while rows[row].verdicts() < wanted && begin.elapsed() < most {
            let left = wanted - rows[row].verdicts();
            let cpus = &cpus[cpus.len() - cores..];
            run_round(sandbox, &mut rows[row], cpus, left.min(VERDICTS_A_ROUND));
            let text = serde_json::to_string_pretty(&rows).expect("numbers");
            std::fs::write(&path, text + "\n").expect("the file can be written");
            eprintln!("{}", page::line(&rows[row]));
        }
    }
    let page = page::page(&rows);
    println!("{page}");
    std::fs::write(folder.join("ALL_CORES.md"), page).expect("the file can be written");
}

/// What is measured, on how many cores: kernels of two kinds on one core as well, because their ratio
/// changes with whatever else the machine does.
fn rows_of(cores: usize) -> impl Iterator<Item = (KernelKind, usize)> {
    KernelKind::ALL.into_iter().flat_map(move |kind| {
        let control = kind.known_ratio().is_none().then_some((kind, 1));
        [(kind, cores)].into_iter().chain(control)
    })
}

/// Adds `verdicts` verdicts a gate to `row`, from measurements on all of `cpus` at once. The ratio of kernels
/// of two kinds is measured right before, on one core alone: on a shared machine it does not stay the same.
fn run_round(sandbox: &Sandbox, row: &mut KindRow, cpus: &[usize], verdicts: u32) {
    let begin = Instant::now();
    let truth = row.kind.known_ratio().unwrap_or_else(|| {
        // The gate is so far away that every verdict takes the fewest pairs.
        let alone =
            measure_at_once(sandbox, row.kind, FAR, &cpus[cpus.len() - 1..], VERDICTS_ALONE);
        let logs: f64 = alone.iter().map(|part| part.logs).sum();
        let pairs: u64 = alone.iter().map(|part| part.pairs).sum();
        (logs / pairs as f64).exp()
    });
    let all = measure_at_once(sandbox, row.kind, truth, cpus, verdicts);
    for part in &all {
        row.add(part, truth);
    }
    row.seconds += begin.elapsed().as_secs_f64();
    row.highest_load = row.highest_load.max(machine_load());
}

/// One measurement on each of `cpus`, time after time, until there are `verdicts` verdicts in all.
fn measure_at_once(
    sandbox: &Sandbox,
    kind: KernelKind,
    truth: f64,
    cpus: &[usize],
    verdicts: u32,
) -> Vec<CoreResult> {
    let left = &AtomicU32::new(verdicts);
    thread::scope(|scope| {
        let measure =
            |cpu: usize| scope.spawn(move || measure_on(sandbox, cpu, kind, gates(truth), left));
        let threads: Vec<_> = cpus.iter().map(|cpu| measure(*cpu)).collect();
        threads.into_iter().map(|thread| thread.join().expect("honest kernels")).collect()
    })
}

/// Measures on one core, where the drawing and verifying is done too, until none is `left` to do.
fn measure_on(
    sandbox: &Sandbox,
    cpu: usize,
    kind: KernelKind,
    gates: Vec<GateTally>,
    left: &AtomicU32,
) -> CoreResult {
    assert!(bind_this_thread(&[cpu]), "the CPU can be had");
    let [baseline, submission] = kind.kernels();
    let mut baseline = RemoteKernel::new(wire(sandbox, &[cpu]), baseline);
    let mut submission = RemoteKernel::new(wire(sandbox, &[cpu]), submission);
    let mut work = kind.work();
    let mut bout = PairedRun::new(&mut baseline, &mut submission, &mut work, SampleClock::Cpu);
    let mut part = CoreResult { pairs: 0, logs: 0.0, squares: 0.0, launches: Vec::new(), gates };
    let one_less = |left: u32| left.checked_sub(1);
    let has_more = || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok();
    let mut more = has_more();
    while more {
        let mut launch = ProcessPair::of(&mut bout);
        for _ in 0..VERDICTS_A_LAUNCH {
            launch.judge(&mut bout, &mut part);
            more = has_more();
            if !more {
                break;
            }
        }
        part.launches.push(launch.logs / launch.pairs);
    }
    part
}

/// One pair of processes.
struct ProcessPair {
    logs: f64,
    pairs: f64,
}

impl ProcessPair {
    fn of(bout: &mut KindRun<'_>) -> Self {
        bout.start().expect("honest kernels");
        Self { logs: 0.0, pairs: 0.0 }
    }

    /// Adds one verdict for each gate.
    fn judge(&mut self, bout: &mut KindRun<'_>, part: &mut CoreResult) {
        let mut open = OpenMeasurement::new(part.gates.len());
        loop {
            let pair = bout.pair(part.pairs as usize).expect("honest kernels");
            let log = (pair.baseline / pair.submission).ln();
            self.logs += log;
            self.pairs += 1.0;
            part.pairs += 1;
            part.logs += log;
            part.squares += log * log;
            match open.push(&pair, &mut part.gates) {
                NextPair::Pair => {}
                NextPair::Restart => bout.start().expect("honest kernels"),
                NextPair::Done => return,
            }
        }
    }
}
