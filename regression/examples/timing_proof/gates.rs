//! Gates around a known ratio, all judged on the same pairs.

use grader_timing::{
    Gate, GateVerdict, LOOKS, MeasurePlan, SampleClock, SamplePair, decision, is_look,
};
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// How far a gate is from the truth.
pub const MARGINS: [f64; 4] = [0.10, 0.20, 0.33, 0.50];

/// One gate, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GateTally {
    /// The gate.
    pub gate: f64,
    /// Its distance from the truth.
    pub margin: f64,
    /// Whether the truth is above it.
    pub passes: bool,
    /// Verdicts of the judge.
    pub verdicts: u32,
    /// Those that are wrong.
    pub wrong: u32,
    /// Those that stayed undecided.
    pub undecided: u32,
    /// Pairs they took.
    pub pairs: u64,
    /// Elapsed seconds they took.
    pub seconds: f64,
    /// Verdicts by the median of 100 wall times.
    pub median_verdicts: u32,
    /// Those that are wrong.
    pub median_wrong: u32,
}

impl GateTally {
    /// The gates of a true ratio.
    pub fn around(truth: f64) -> Vec<Self> {
        let one = |margin: f64, passes: bool| Self {
            gate: if passes { truth / (1.0 + margin) } else { truth * (1.0 + margin) },
            margin,
            passes,
            verdicts: 0,
            wrong: 0,
            undecided: 0,
            pairs: 0,
            seconds: 0.0,
            median_verdicts: 0,
            median_wrong: 0,
        };
        MARGINS.iter().flat_map(|margin| [one(*margin, true), one(*margin, false)]).collect()
    }

    fn count(&mut self, verdict: GateVerdict, pairs: usize, seconds: f64) {
        let right = if self.passes { GateVerdict::Pass } else { GateVerdict::Fail };
        self.verdicts += 1;
        self.undecided += u32::from(verdict == GateVerdict::Undecided);
        self.wrong += u32::from(verdict != GateVerdict::Undecided && verdict != right);
        self.pairs += pairs as u64;
        self.seconds += seconds;
    }

    /// Adds what another one of the same gate has counted.
    pub fn add(&mut self, other: &Self) {
        self.verdicts += other.verdicts;
        self.wrong += other.wrong;
        self.undecided += other.undecided;
        self.pairs += other.pairs;
        self.seconds += other.seconds;
        self.median_verdicts += other.median_verdicts;
        self.median_wrong += other.median_wrong;
    }

    /// The way that is usual: one ratio of medians, no interval, always a verdict.
    pub fn count_median(&mut self, ratio: f64) {
        self.median_verdicts += 1;
        self.median_wrong += u32::from((ratio >= self.gate) != self.passes);
    }
}

/// A measurement in progress: it goes on until every gate has its verdict.
pub struct OpenMeasurement {
    pairs: Vec<SamplePair>,
    launch: u32,
    earlier_pairs: usize,
    since: Instant,
    decided: Vec<bool>,
}

/// What the next pair needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum NextPair {
    /// Nothing: go on.
    Pair,
    /// Fresh processes: some gate was undecided at the last look.
    Restart,
    /// All gates have their verdicts.
    Done,
}

impl OpenMeasurement {
    /// Nothing is measured yet.
    pub fn new(gates: usize) -> Self {
        let pairs = Vec::with_capacity(128);
        let decided = vec![false; gates];
        Self { pairs, launch: 1, earlier_pairs: 0, since: Instant::now(), decided }
    }

    /// Judges every open gate with one pair more.
    pub fn push(&mut self, pair: &SamplePair, gates: &mut [GateTally]) -> NextPair {
        self.pairs.push(*pair);
        let count = self.pairs.len();
        if !is_look(count) {
            return NextPair::Pair;
        }
        let last_look = count == LOOKS[LOOKS.len() - 1];
        for (gate, decided) in gates.iter_mut().zip(&mut self.decided) {
            let plan = MeasurePlan {
                gate: Gate::at_least(gate.gate).expect("a gate"),
                clock: SampleClock::Cpu,
            };
            let verdict = decision(&self.pairs, plan).verdict;
            let is_final = verdict != GateVerdict::Undecided || (last_look && self.launch == 2);
            if is_final && !*decided {
                *decided = true;
                let pairs = self.earlier_pairs + count;
                gate.count(verdict, pairs, self.since.elapsed().as_secs_f64());
            }
        }
        if self.decided.iter().all(|decided| *decided) {
            return NextPair::Done;
        }
        if last_look {
            self.launch += 1;
            self.earlier_pairs += count;
            self.pairs.clear();
            return NextPair::Restart;
        }
        NextPair::Pair
    }
}
