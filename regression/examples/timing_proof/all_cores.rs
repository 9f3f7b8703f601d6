//! The judge while every core measures: kernels that compute, that stream through memory and that fill
//! the last cache, at true ratios of 0.67 and 1.5 times the gate. What was measured is kept round by
//! round, so that a run that is ended goes on where it was.

mod kind;
mod page;

use crate::gates::{Next, Open, Tally};
use crate::machine_load;
use grader_pipeline::machine;
use grader_sandbox::{Sandbox, allowed_cpus, bind_this_thread};
use grader_timing::{Bout, Clock, Remote};
use kind::Kind;
use regression::chain::wire;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How far the gates are from the truth.
const MARGIN: f64 = 0.50;
/// Verdicts a gate between two writes of the file.
const VERDICTS_A_ROUND: u32 = 250;
/// Verdicts from one pair of processes.
const VERDICTS_A_LAUNCH: u32 = 25;
/// Verdicts on one core from which the ratio of kernels of two kinds is known.
const VERDICTS_ALONE: u32 = 200;

/// What was measured of one kind.
#[derive(Serialize, Deserialize)]
struct Row {
    kind: Kind,
    /// The true ratio: known, or measured while one core alone measured.
    truth: f64,
    processor: String,
    vector_level: String,
    /// Cores that measured at once.
    cores: usize,
    /// Elapsed seconds of all rounds.
    seconds: f64,
    /// The highest load of the machine after a round, these measurements among it.
    highest_load: f64,
    /// All pairs, and the sums of their logarithms and of the squares.
    pairs: u64,
    logs: f64,
    squares: f64,
    /// One gate below the truth, and one above it.
    gates: Vec<Tally>,
}

impl Row {
    fn new(kind: Kind, truth: f64, cores: usize) -> Self {
        let machine = machine(None);
        Self {
            kind,
            truth,
            processor: machine.processor,
            vector_level: machine.vector_level.to_string(),
            cores,
            seconds: 0.0,
            highest_load: 0.0,
            pairs: 0,
            logs: 0.0,
            squares: 0.0,
            gates: gates(truth),
        }
    }

    fn verdicts(&self) -> u32 {
        self.gates.iter().map(|gate| gate.verdicts).min().unwrap_or(0)
    }

    fn add(&mut self, part: &Part) {
        self.pairs += part.pairs;
        self.logs += part.logs;
        self.squares += part.squares;
        for (sum, gate) in self.gates.iter_mut().zip(&part.gates) {
            sum.add(gate);
        }
    }
}

/// What one core measured in one round.
struct Part {
    pairs: u64,
    logs: f64,
    squares: f64,
    gates: Vec<Tally>,
}

fn gates(truth: f64) -> Vec<Tally> {
    let is_far = |gate: &Tally| gate.margin.to_bits() == MARGIN.to_bits();
    Tally::around(truth).into_iter().filter(is_far).collect()
}

/// Measures every kind until each gate has `verdicts` verdicts or `most` is over, and writes the page.
pub fn prove(sandbox: &Sandbox, verdicts: u32, most: Duration, again: bool, folder: &Path) {
    let (begin, path) = (Instant::now(), folder.join("all_cores.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let mut rows: Vec<Row> = serde_json::from_str(&text).unwrap_or_default();
    let cpus = allowed_cpus();
    // Another machine's verdicts are not added to this one's.
    let here = machine(None).processor;
    rows.retain(|row| !again && row.processor == here && row.cores == cpus.len());
    for kind in Kind::ALL {
        if !rows.iter().any(|row| row.kind == kind) && begin.elapsed() < most {
            let truth = kind.known_ratio().unwrap_or_else(|| ratio_alone(sandbox, kind, &cpus));
            rows.push(Row::new(kind, truth, cpus.len()));
        }
        let Some(row) = rows.iter().position(|row| row.kind == kind) else { continue };
        while rows[row].verdicts() < verdicts && begin.elapsed() < most {
            let left = verdicts - rows[row].verdicts();
            run_round(sandbox, &mut rows[row], &cpus, left.min(VERDICTS_A_ROUND));
            let text = serde_json::to_string_pretty(&rows).expect("numbers");
            std::fs::write(&path, text + "\n").expect("the file can be written");
            eprintln!("{}", page::line(&rows[row]));
        }
    }
    let page = page::page(&rows);
    println!("{page}");
    std::fs::write(folder.join("ALL_CORES.md"), page).expect("the file can be written");
}

/// The ratio of two kernels of different kinds while one core alone measures.
fn ratio_alone(sandbox: &Sandbox, kind: Kind, cpus: &[usize]) -> f64 {
    let mut row = Row::new(kind, 1.0, 1);
    run_round(sandbox, &mut row, &cpus[cpus.len() - 1..], VERDICTS_ALONE);
    (row.logs / row.pairs as f64).exp()
}

/// Adds `verdicts` verdicts a gate to `row`, from measurements on all of `cpus` at once.
fn run_round(sandbox: &Sandbox, row: &mut Row, cpus: &[usize], verdicts: u32) {
    let begin = Instant::now();
    let (kind, truth, left) = (row.kind, row.truth, AtomicU32::new(verdicts));
    let parts: Vec<Part> = thread::scope(|scope| {
        let measure = |cpu: usize| {
            let left = &left;
            scope.spawn(move || measure_on(sandbox, cpu, kind, gates(truth), left))
        };
        let threads: Vec<_> = cpus.iter().map(|cpu| measure(*cpu)).collect();
        threads.into_iter().map(|thread| thread.join().expect("honest kernels")).collect()
    });
    for part in &parts {
        row.add(part);
    }
    row.seconds += begin.elapsed().as_secs_f64();
    row.highest_load = row.highest_load.max(machine_load());
}

/// Measures on one core, where the drawing and verifying is done too, until none is `left` to do.
fn measure_on(
    sandbox: &Sandbox,
    cpu: usize,
    kind: Kind,
    gates: Vec<Tally>,
    left: &AtomicU32,
) -> Part {
    assert!(bind_this_thread(&[cpu]), "the CPU can be had");
    let [baseline, submission] = kind.kernels();
    let mut baseline = Remote::new(wire(sandbox, &[cpu]), baseline);
    let mut submission = Remote::new(wire(sandbox, &[cpu]), submission);
    let mut work = kind.work();
    let mut bout = Bout::new(&mut baseline, &mut submission, &mut work, Clock::Cpu);
    let mut part = Part { pairs: 0, logs: 0.0, squares: 0.0, gates };
    let one_less = |left: u32| left.checked_sub(1);
    let mut number = 0;
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
        if number % VERDICTS_A_LAUNCH == 0 {
            bout.start().expect("honest kernels");
        }
        number += 1;
        let mut open = Open::new(part.gates.len());
        loop {
            let pair = bout.pair(part.pairs as usize).expect("honest kernels");
            let log = (pair.baseline / pair.submission).ln();
            part.pairs += 1;
            part.logs += log;
            part.squares += log * log;
            match open.push(&pair, &mut part.gates) {
                Next::Pair => {}
                Next::Restart => bout.start().expect("honest kernels"),
                Next::Done => break,
            }
        }
    }
    part
}
