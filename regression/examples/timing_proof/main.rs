//! The proof of the timing judge: wrong verdicts on kernels whose true ratio is known, in real
//! processes, on an idle machine and beside a competing load. Run with nothing else on the machine:
//!
//! `cargo run --release -p regression --example timing_proof [--quick | --verdicts n] [--minutes n]
//! [--again] [folder]`
//!
//! writes `TIMING.md`, its numbers as JSON and a drawing, by default to `regression/timing`. A thousand
//! verdicts a gate take some 25 minutes when it is quiet. What is measured is kept cell by cell: ended early, or
//! after `--minutes` (30 if not said), it goes on where it was when it is run again; `--again` forgets it.
//!
//! `--all-cores` measures on every core at once instead, kernels that depend on memory among them, and
//! writes `ALL_CORES.md`: eight kinds, some two minutes each for 3,000 verdicts a gate on two cores. It, too,
//! goes on from where it was.
//!
//! Each measurement serves eight gates, 10 to 50 % above and below the truth; the median of 100 wall
//! times is of the same pairs, from the same starts (so its windows overlap where a verdict took
//! fewer than 100 pairs).

mod all_cores;
mod cells;
mod drawing;
mod gates;
mod load;
mod page;
mod table;

use cells::ProofCell;
use gates::{GateTally, NextPair, OpenMeasurement};
use grader_sandbox::{Sandbox, allowed_cpus};
use grader_timing::{PairedRun, RemoteKernel, SampleClock, SamplePair};
use load::LoadCondition;
use regression::chain::{self, ChainWorkload, wire};
use regression::memory;
use regression::proof::{self, ProofArguments};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The kernels' true ratios.
const RATIOS: [u32; 4] = [1, 2, 5, 20];
/// Steps of a baseline's call: about two milliseconds.
const STEPS: u64 = 1_600_000;
/// Verdicts from one pair of processes.
const VERDICTS_A_LAUNCH: u32 = 25;
/// How many wall times a median is of.
const MEDIAN_OF: usize = 100;

fn main() {
    if proof::has_served(|| memory::with_memory(chain::bench())) {
        return;
    }
    let arguments = TimingArguments::read();
    let begin = Instant::now();
    let sandbox = proof::sandbox();
    std::fs::create_dir_all(&arguments.folder).expect("the folder can be made");
    let TimingArguments { verdicts, most, again, .. } = arguments;
    if arguments.all_cores {
        all_cores::prove(&sandbox, verdicts, most, again, &arguments.folder);
        return;
    }
    let mut cells = cells::CellFile::open(&arguments.folder, verdicts, again);
    for condition in LoadCondition::ALL {
        for ratio in RATIOS {
            if cells.has(condition, ratio) {
                continue;
            }
            if begin.elapsed() > most {
                eprintln!("the time is over: run it again to go on");
                return;
            }
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
    let page = page::page(&cells.all);
    println!("{page}");
    let write = |name: &str, text: String| {
        std::fs::write(arguments.folder.join(name), text).expect("the file can be written");
    };
    write("TIMING.md", page);
    write("timing.svg", drawing::drawing(&cells.all));
}

/// What is asked for on the command line.
struct TimingArguments {
    /// Verdicts a gate.
    verdicts: u32,
    /// No cell is begun after this.
    most: Duration,
    /// Whether earlier cells are forgotten.
    again: bool,
    /// Whether every core measures at once.
    all_cores: bool,
    /// Where the results go.
    folder: PathBuf,
}

impl TimingArguments {
    fn read() -> Self {
        let read = ProofArguments::read(
            &["--quick", "--again", "--all-cores"],
            &["--verdicts", "--minutes"],
        );
        let verdicts = if read.has("--quick") { 50 } else { 1000 };
        Self {
            verdicts: read.number("--verdicts").unwrap_or(verdicts),
            most: Duration::from_mins(read.number("--minutes").unwrap_or(30).into()),
            again: read.has("--again"),
            all_cores: read.has("--all-cores"),
            folder: read.folder(),
        }
    }
}

/// Measures until every gate has `verdicts` verdicts.
fn measure(sandbox: &Sandbox, condition: LoadCondition, ratio: u32, verdicts: u32) -> ProofCell {
    let cpus = allowed_cpus();
    let lane = *cpus.last().expect("a CPU");
    let begin = Instant::now();
    let load = condition.start(&cpus, lane);
    let mut baseline = RemoteKernel::new(wire(sandbox, &[lane]), format!("times_{ratio}"));
    let mut submission = RemoteKernel::new(wire(sandbox, &[lane]), "times_1");
    let mut work = ChainWorkload::new(STEPS / u64::from(ratio));
    let mut bout = PairedRun::new(&mut baseline, &mut submission, &mut work, SampleClock::Cpu);
    let mut gates = GateTally::around(f64::from(ratio));
    let stream = stream(&mut bout, verdicts, &mut gates);
    drop(load);
    judge_by_medians(&stream, &mut gates);
    let logs = &stream.logs;
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    ProofCell {
        condition: condition.words().into(),
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
struct PairStream {
    logs: Vec<f64>,
    walls: Vec<[f64; 2]>,
    starts: Vec<usize>,
}

impl PairStream {
    fn pair(&mut self, bout: &mut PairedRun<'_, ChainWorkload>) -> SamplePair {
        let pair = bout.pair(self.logs.len()).expect("honest kernels");
        self.logs.push((pair.baseline / pair.submission).ln());
        self.walls.push(pair.wall);
        pair
    }
}

fn stream(
    bout: &mut PairedRun<'_, ChainWorkload>,
    verdicts: u32,
    gates: &mut [GateTally],
) -> PairStream {
    let mut stream = PairStream::default();
    for number in 0..verdicts {
        if number % VERDICTS_A_LAUNCH == 0 {
            bout.start().expect("honest kernels");
        }
        stream.starts.push(stream.logs.len());
        let mut open = OpenMeasurement::new(gates.len());
        loop {
            match open.push(&stream.pair(bout), gates) {
                NextPair::Pair => {}
                NextPair::Restart => bout.start().expect("honest kernels"),
                NextPair::Done => break,
            }
        }
    }
    // The last measurements are followed by what their medians still lack.
    while stream.walls.len() < stream.starts.last().map_or(0, |start| start + MEDIAN_OF) {
        stream.pair(bout);
    }
    stream
}

fn judge_by_medians(stream: &PairStream, gates: &mut [GateTally]) {
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
