//! The proof of the timing judge: wrong verdicts on kernels whose true ratio is known, in real
//! processes, on an idle machine and beside a competing load. Run with nothing else on the machine:
//!
//! `cargo run --release -p regression --example timing_proof [--quick | --verdicts n] [folder]`
//!
//! writes a table, the same as JSON and a drawing. Each measurement serves eight gates, 10 to 50 %
//! above and below the truth; the median of 100 wall times is of the same pairs, from the same
//! starts (so its windows overlap where a verdict took fewer than 100 pairs).

mod drawing;
mod gates;
mod load;
mod table;

use gates::{Next, Open, Tally};
use grader_protocol::timed::dispatch;
use grader_sandbox::{Options, Sandbox, allowed_cpus};
use grader_timing::{Bout, Clock, Pair, Remote};
use load::Condition;
use regression::chain::{self, Chains, wire};
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;

/// The kernels' true ratios.
const RATIOS: [u32; 4] = [1, 2, 5, 20];
/// Steps of a baseline's call: about two milliseconds.
const STEPS: u64 = 1_600_000;
/// Verdicts from one pair of processes.
const VERDICTS_A_LAUNCH: u32 = 25;
/// How many wall times a median is of.
const MEDIAN_OF: usize = 100;

/// What one condition and one true ratio came to.
#[derive(Serialize)]
pub struct Cell {
    /// What else ran.
    pub condition: &'static str,
    /// The true ratio.
    pub truth: f64,
    /// The geometric mean of all pairs over the truth.
    pub bias: f64,
    /// The standard deviation of the pairs' logarithms.
    pub scatter: f64,
    /// Elapsed seconds of all of it.
    pub seconds: f64,
    /// Tasks that wanted a CPU in the last minute, this program's own one or two among them: whether
    /// "idle" is true.
    pub machine_load: f64,
    /// The gates around it.
    pub gates: Vec<Tally>,
}

fn main() {
    let served = grader_driver::serve(|| {
        let mut bench = chain::bench();
        move |request: &[u8]| dispatch(&mut bench, request)
    });
    if served.is_ok() {
        return;
    }
    let (verdicts, folder) = arguments();
    let sandbox = Sandbox::probe(Options::default()).expect("a sandbox");
    let mut cells = Vec::new();
    for condition in Condition::ALL {
        for ratio in RATIOS {
            let cell = measure(&sandbox, condition, ratio, verdicts);
            eprintln!(
                "{}, {ratio}x: bias {:+.2} %, scatter {:.1} %, {:.0} s",
                cell.condition,
                100.0 * (cell.bias - 1.0),
                100.0 * cell.scatter,
                cell.seconds
            );
            cells.push(cell);
        }
    }
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let write = |name: &str, text: String| {
        std::fs::write(folder.join(name), text).expect("the file can be written");
    };
    let table = table::table(&cells);
    println!("{table}");
    write("timing_proof.md", table);
    write("timing_proof.json", serde_json::to_string_pretty(&cells).expect("numbers"));
    write("timing_proof.svg", drawing::drawing(&cells));
}

/// Verdicts a cell, and where the results go.
fn arguments() -> (u32, PathBuf) {
    let (mut verdicts, mut folder) = (1000, PathBuf::from("target/timing_proof"));
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => verdicts = 50,
            "--verdicts" => {
                let number = arguments.next().and_then(|text| text.parse().ok());
                verdicts = number.expect("--verdicts takes a number");
            }
            other => folder = other.into(),
        }
    }
    (verdicts, folder)
}

/// Measures until every gate has `verdicts` verdicts.
fn measure(sandbox: &Sandbox, condition: Condition, ratio: u32, verdicts: u32) -> Cell {
    let cpus = allowed_cpus();
    let lane = *cpus.last().expect("a CPU");
    let begin = Instant::now();
    let load = condition.start(&cpus, lane);
    let mut baseline = Remote::new(wire(sandbox, &[lane]), format!("times_{ratio}"));
    let mut submission = Remote::new(wire(sandbox, &[lane]), "times_1");
    let mut work = Chains::new(STEPS / u64::from(ratio));
    let mut bout = Bout::new(&mut baseline, &mut submission, &mut work, Clock::Cpu);
    let mut gates = Tally::around(f64::from(ratio));
    let stream = stream(&mut bout, verdicts, &mut gates);
    drop(load);
    judge_by_medians(&stream, &mut gates);
    let logs = &stream.logs;
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    Cell {
        condition: condition.words(),
        truth: f64::from(ratio),
        bias: mean.exp() / f64::from(ratio),
        scatter: (squares / logs.len() as f64).sqrt(),
        seconds: begin.elapsed().as_secs_f64(),
        machine_load: machine_load(),
        gates,
    }
}

fn machine_load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(f64::NAN)
}

/// All pairs of a cell, and where each measurement began.
#[derive(Default)]
struct Stream {
    logs: Vec<f64>,
    walls: Vec<[f64; 2]>,
    starts: Vec<usize>,
}

impl Stream {
    fn pair(&mut self, bout: &mut Bout<'_, Chains>) -> Pair {
        let pair = bout.pair(self.logs.len()).expect("honest kernels");
        self.logs.push((pair.baseline / pair.submission).ln());
        self.walls.push(pair.wall);
        pair
    }
}

fn stream(bout: &mut Bout<'_, Chains>, verdicts: u32, gates: &mut [Tally]) -> Stream {
    let mut stream = Stream::default();
    for number in 0..verdicts {
        if number % VERDICTS_A_LAUNCH == 0 {
            bout.start().expect("honest kernels");
        }
        stream.starts.push(stream.logs.len());
        let mut open = Open::new(gates.len());
        loop {
            match open.push(&stream.pair(bout), gates) {
                Next::Pair => {}
                Next::Restart => bout.start().expect("honest kernels"),
                Next::Done => break,
            }
        }
    }
    // The last measurements are followed by what their medians still lack.
    while stream.walls.len() < stream.starts.last().map_or(0, |start| start + MEDIAN_OF) {
        stream.pair(bout);
    }
    stream
}

fn judge_by_medians(stream: &Stream, gates: &mut [Tally]) {
    for start in &stream.starts {
        let window = &stream.walls[*start..start + MEDIAN_OF];
        let side = |side: usize| median(window.iter().map(|wall| wall[side]).collect());
        let ratio = side(0) / side(1);
        for gate in &mut *gates {
            gate.count_median(ratio);
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    f64::midpoint(values[middle - 1], values[middle])
}
