//! What a measurement brings.

use crate::{Gate, GateVerdict, SpeedRatio, VerdictBasis};
use grader_protocol::{CallCost, CallFailure};

/// By which clock the calls are timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SampleClock {
    /// CPU time of all threads of the process: what others do on the machine hardly shows.
    #[default]
    Cpu,
    /// Elapsed time, for kernels that are to use several CPUs. The process must be bound to the CPUs
    /// it may use. The baseline is as for [`SampleClock::Span`].
    Wall,
    /// How long the calls would take if every thread had a CPU of its own, for kernels that are to use
    /// threads: what others do on the machine hardly shows. The process must be bound to one CPU, and be
    /// watched. The baseline is a kernel of the submission, too, on one thread and by CPU time: what becomes
    /// of it is the submission's doing.
    Span,
}

impl SampleClock {
    /// Seconds of `cost` by this clock: for [`SampleClock::Span`], the CPU time that the span is of.
    ///
    /// # Errors
    /// When the process ended before its CPU clock was read.
    pub(crate) fn seconds(self, cost: &CallCost) -> Result<f64, CallFailure> {
        let time = match self {
            Self::Cpu | Self::Span => cost.cpu,
            Self::Wall => Some(cost.wall),
        };
        time.map(|time| time.as_secs_f64()).ok_or_else(|| CallFailure::Crashed {
            how: "it ended before its time could be read".into(),
        })
    }
}

/// Two samples, one after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SamplePair {
    /// Seconds that a call of the baseline took.
    pub baseline: f64,
    /// Seconds that a call of the submission took on the clock.
    pub submission: f64,
    /// Seconds a call that the submission computed off the clock beyond what is free; negative if
    /// it used less.
    pub excess: f64,
    /// Elapsed seconds of a call on each side, by whichever clock it was timed: for the record.
    pub wall: [f64; 2],
    /// How the submission's threads overlapped, where it is timed by its span.
    pub threads: Option<SampleThreads>,
}

/// How the threads of the submission overlapped in a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleThreads {
    /// CPU time of all threads, over the baseline's.
    pub work: f64,
    /// The share of it in which two or more threads computed at once; `None` if they were not watched.
    pub together: Option<f64>,
}

impl SamplePair {
    /// The baseline's time over the submission's, to which `charge` seconds are added. Of threads, what they
    /// compute less than the baseline does not count: a function that is faster for another reason gains
    /// nothing by that.
    pub fn ratio(&self, charge: f64) -> f64 {
        let share = self.threads.map_or(1.0, |threads| threads.work.min(1.0));
        share * self.baseline / (self.submission + charge)
    }
}

/// Seconds that are added to each call of the submission: what it computes off the clock beyond what
/// is free, on the average.
pub fn charge(pairs: &[SamplePair]) -> f64 {
    let sum: f64 = pairs.iter().map(|pair| pair.excess).sum();
    (sum / pairs.len().max(1) as f64).max(0.0)
}

/// The logarithms of the baseline's times over the submission's, with its charge.
pub fn logs(pairs: &[SamplePair]) -> Vec<f64> {
    let charge = charge(pairs);
    pairs.iter().map(|pair| pair.ratio(charge).ln()).collect()
}

/// A finished measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// What was asked.
    pub gate: Gate,
    /// What is known about it.
    pub verdict: GateVerdict,
    /// The interval that the verdict rests on; the whole axis if the clock showed nothing.
    pub ratio: SpeedRatio,
    /// What both rest on.
    pub basis: VerdictBasis,
    /// The pairs that they follow from, in order.
    pub pairs: Vec<SamplePair>,
    /// Calls in each sample: of the baseline, of the submission.
    pub calls: [usize; 2],
    /// How often it was begun in fresh processes: more than once if it was undecided or disturbed.
    pub launches: u32,
    /// The share of the CPUs that others had, where that was too much to decide anything.
    pub disturbed: Option<f64>,
    /// Elapsed seconds of all of it.
    pub seconds: f64,
}

impl Measurement {
    /// How the submission's threads overlapped, on the average of all pairs.
    pub fn threads(&self) -> Option<SampleThreads> {
        let threads: Option<Vec<_>> = self.pairs.iter().map(|pair| pair.threads).collect();
        let threads = threads.filter(|threads| !threads.is_empty())?;
        let mean = |number: fn(&SampleThreads) -> f64| {
            threads.iter().map(number).sum::<f64>() / threads.len() as f64
        };
        let is_watched = threads.iter().all(|one| one.together.is_some());
        let together = is_watched.then(|| mean(|one| one.together.unwrap_or_default()));
        Some(SampleThreads { work: mean(|one| one.work), together })
    }

    /// The share of the submission's time that it spent off the clock and was charged for.
    pub fn charged_share(&self) -> f64 {
        let charge = charge(&self.pairs);
        let timed: f64 = self.pairs.iter().map(|pair| pair.submission).sum();
        charge / (charge + timed / self.pairs.len().max(1) as f64)
    }
}

/// Why there is no measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeasureError<W> {
    /// Our own fault: the baseline failed, or a process could not be controlled.
    Fault(String),
    /// The submission did not answer.
    Submission(CallFailure),
    /// The submission answered, and the answer is wrong.
    Wrong(W),
    /// The submission's threads could not be watched: nothing is known of how they overlap.
    Unseen,
}
