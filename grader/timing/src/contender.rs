//! One side of a measurement.

use grader_protocol::{CallCost, CallFailure};
use std::time::Duration;

/// What one pair of samples computes: some calls, each with an input of its own. Both sides take in
/// all of it, so that this costs them the same, and each makes as many calls as fill its sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallBatch {
    /// The state that the calls start from, for kernels that have one.
    pub set_up: Option<Vec<u8>>,
    /// The inputs, encoded.
    pub inputs: Vec<Vec<u8>>,
}

impl CallBatch {
    /// The size of all of it.
    pub fn bytes(&self) -> usize {
        let state = self.set_up.as_ref().map_or(0, Vec::len);
        state + self.inputs.iter().map(Vec::len).sum::<usize>()
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// What the calls cost, all together.
    pub timed: CallCost,
    /// CPU time that the process used before and after the calls.
    pub outside: Duration,
    /// The outputs of these calls, encoded, in the order of the inputs.
    pub outputs: Vec<Vec<u8>>,
}

impl Sample {
    /// CPU time of all of it.
    pub fn used(&self) -> Duration {
        self.outside + self.timed.cpu.unwrap_or_default()
    }
}

/// A process that computes what it is given, on a clock.
pub trait Contender {
    /// Begins anew, in a fresh process.
    ///
    /// # Errors
    /// What keeps it from starting.
    fn start(&mut self) -> Result<(), CallFailure>;

    /// Takes in a batch and makes `calls` calls. Between two samples the process does not run.
    ///
    /// # Errors
    /// What kept it from answering.
    fn sample(&mut self, batch: &CallBatch, calls: usize) -> Result<Sample, CallFailure>;
}

/// What the judge asks to be computed, and how it knows that the answers are right.
pub trait Workload {
    /// What it says of a wrong answer.
    type Wrong;

    /// A batch with this many inputs, none of which was drawn before.
    fn batch(&mut self, calls: usize) -> CallBatch;

    /// Now and then a batch that the submission is asked beside what is timed: of other sizes, to be answered by the same
    /// kernel in the same process, and verified as strictly. So a kernel that knows that it is timed has to be as right
    /// as one that does not. When it comes is drawn.
    fn aside(&mut self) -> Option<CallBatch> {
        None
    }

    /// Whether these are the outputs of the last batch, or of its first inputs.
    ///
    /// # Errors
    /// When one of them is not.
    fn verify(&mut self, outputs: &[Vec<u8>]) -> Result<(), Self::Wrong>;
}

impl<W: Workload + ?Sized> Workload for Box<W> {
    type Wrong = W::Wrong;

    fn batch(&mut self, calls: usize) -> CallBatch {
        (**self).batch(calls)
    }

    fn aside(&mut self) -> Option<CallBatch> {
        (**self).aside()
    }

    fn verify(&mut self, outputs: &[Vec<u8>]) -> Result<(), W::Wrong> {
        (**self).verify(outputs)
    }
}
