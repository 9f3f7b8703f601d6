//! Measurements of a submission's speed.

use serde::{Deserialize, Serialize};

/// A submission's speedup over the course's baseline, with its uncertainty. None of it is hidden
/// from students.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimingResult {
    /// Description of the baseline: "the naive product".
    pub against: String,
    /// Required speedup.
    pub gate: f64,
    /// The baseline's time divided by the submission's. `basis` says how the pairs are combined.
    pub estimate: f64,
    /// Lower end of the confidence interval of `estimate`.
    pub low: f64,
    /// Upper end of the confidence interval.
    pub high: f64,
    /// Number of sample pairs.
    pub pairs: u32,
    /// Number of starts in fresh processes: more than one if it was undecided or disturbed at
    /// first.
    pub launches: u32,
    /// The clock.
    pub clock: TimingClock,
    /// Number of CPUs that both sides were pinned to.
    pub cpus: u32,
    /// The share of the submission's time that was charged for computing outside the timed calls.
    pub charged_share: f64,
    /// Elapsed seconds of the whole measurement.
    pub seconds: f64,
    /// How its threads overlapped, where the span was measured: on the average of all pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threads: Option<TimedThreads>,
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

/// The clock used to time calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimingClock {
    /// CPU time of all threads.
    Cpu,
    /// Elapsed time.
    Wall,
    /// How long a call would take if every thread had a CPU of its own.
    Span,
}

impl TimingClock {
    /// The text shown in reports.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Cpu => "CPU time",
            Self::Wall => "elapsed time",
            Self::Span => "time with a CPU for each thread",
        }
    }
}

/// Two samples measured one after the other, in seconds per call. Kept as a record.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimedPair {
    /// Time of the baseline.
    pub baseline: f64,
    /// Timed part of the submission.
    pub submission: f64,
    /// The submission's computing time outside the timed calls, minus the free allowance; may be
    /// negative.
    pub excess: f64,
    /// How the submission's threads overlapped, where its span was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threads: Option<TimedThreads>,
    /// Elapsed seconds of both sides, if the verdict rests on them too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wall: Option<[f64; 2]>,
}

/// How the threads of a submission overlapped while it was timed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimedThreads {
    /// CPU time of all threads, over the baseline's.
    pub work: f64,
    /// The share of it in which two or more threads computed at once; `None` if elapsed time was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<f64>,
}
