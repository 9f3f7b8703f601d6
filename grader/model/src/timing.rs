//! What was measured of a submission's speed.

use serde::{Deserialize, Serialize};

/// How many times as fast as the course's baseline a submission is, and how sure that is. Nothing in
/// it is hidden from students.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// What it was compared with, in words: "the naive product".
    pub against: String,
    /// What was asked: at least this many times as fast.
    pub gate: f64,
    /// The baseline's time over the submission's, as `basis` says.
    pub estimate: f64,
    /// The lower end of the interval around it.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// Pairs of samples that it was made of.
    pub pairs: u32,
    /// How often it was begun in fresh processes: twice if it was undecided at first.
    pub launches: u32,
    /// By which clock.
    pub clock: TimingClock,
    /// To how many CPUs both sides were bound.
    pub cpus: u32,
    /// The share of its time that the submission computed outside of the measured calls.
    pub charged_share: f64,
    /// Elapsed seconds of the whole measurement.
    pub seconds: f64,
    /// What the ratio and the verdict rest on.
    #[serde(default, skip_serializing_if = "TimingBasis::is_usual")]
    pub basis: TimingBasis,
}

/// Which of the samples a ratio is made of, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimingBasis {
    /// The geometric mean of all pairs.
    #[default]
    AllPairs,
    /// That of the middle half of the pairs.
    TypicalPairs,
    /// The total time of each side, because the submission's samples alone differ much from each other.
    Totals,
    /// The total time of each side, because the submission used up the time of the measurement.
    UsedUp,
}

impl TimingBasis {
    /// Whether it is what a measurement rests on as a rule.
    pub fn is_usual(&self) -> bool {
        *self == Self::AllPairs
    }
}

/// By which clock calls are timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimingClock {
    /// CPU time of all threads.
    Cpu,
    /// Elapsed time.
    Wall,
}

impl TimingClock {
    /// Words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Cpu => "CPU time",
            Self::Wall => "elapsed time",
        }
    }
}

/// Two samples that were measured one after the other, in seconds a call: for the record.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimedPair {
    /// Of the baseline.
    pub baseline: f64,
    /// Of the submission, on the clock.
    pub submission: f64,
    /// What the submission computed off the clock beyond what is free; negative if less.
    pub excess: f64,
    /// Elapsed seconds of both, where the verdict rests on them, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wall: Option<[f64; 2]>,
}
