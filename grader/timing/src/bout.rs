//! Two processes that compute the same in turn.

use crate::equalise;
use crate::measurement::{Clock, Pair, Spoiled};
use crate::outside::charge;
use crate::{Batch, Contender, Sample, Workload};
use grader_protocol::CallFailure;

/// Rounds of warm-up. The first is of single calls; each tells how many calls the next one makes.
const WARM_UPS: usize = 3;

/// Two contenders and what they are asked: pair after pair.
pub struct Bout<'a, W> {
    baseline: &'a mut dyn Contender,
    submission: &'a mut dyn Contender,
    workload: &'a mut W,
    clock: Clock,
    /// Calls a sample: of the baseline, of the submission.
    calls: [usize; 2],
    /// The largest input or output so far.
    call_bytes: usize,
}

/// One sample of a side, and its seconds by the clock.
struct Timed {
    sample: Sample,
    seconds: f64,
}

impl Timed {
    fn wall(&self) -> f64 {
        self.sample.timed.wall.as_secs_f64()
    }
}

impl<'a, W: Workload> Bout<'a, W> {
    /// Nothing is started yet.
    pub fn new(
        baseline: &'a mut dyn Contender,
        submission: &'a mut dyn Contender,
        workload: &'a mut W,
        clock: Clock,
    ) -> Self {
        Self { baseline, submission, workload, clock, calls: [1, 1], call_bytes: 1 }
    }

    /// Calls a sample: of the baseline, of the submission.
    pub const fn calls(&self) -> [usize; 2] {
        self.calls
    }

    /// Starts both afresh and warms them up, until their samples last the same.
    ///
    /// # Errors
    /// When one does not answer, or wrongly.
    pub fn start(&mut self) -> Result<(), Spoiled<W::Wrong>> {
        self.baseline.start().map_err(|failure| blame_baseline(&failure))?;
        self.submission.start().map_err(blame)?;
        self.calls = [1, 1];
        for round in 0..WARM_UPS {
            // With what is charged: work put off is as long as work done.
            let pair = self.pair(round)?;
            self.calls = equalise::calls([pair.baseline, pair.submission], self.call_bytes);
        }
        Ok(())
    }

    /// Measures one pair, the even ones in the order AB, the odd ones in the order BA.
    ///
    /// # Errors
    /// When one does not answer, or wrongly.
    pub fn pair(&mut self, number: usize) -> Result<Pair, Spoiled<W::Wrong>> {
        let (baseline, submission) = if number.is_multiple_of(2) {
            let baseline = self.sample_baseline()?;
            (baseline, self.sample_submission()?)
        } else {
            let submission = self.sample_submission()?;
            (self.sample_baseline()?, submission)
        };
        let charged = charge(&baseline.sample, &submission.sample, self.calls, submission.seconds);
        let calls = self.calls.map(|calls| calls as f64);
        Ok(Pair {
            baseline: baseline.seconds / calls[0],
            submission: (submission.seconds + charged) / calls[1],
            charged: charged / calls[1],
            wall: [baseline.wall() / calls[0], submission.wall() / calls[1]],
        })
    }

    fn sample_baseline(&mut self) -> Result<Timed, Spoiled<W::Wrong>> {
        let batch = self.batch(0);
        let timed =
            sample(self.baseline, batch, self.clock).map_err(|failure| blame_baseline(&failure))?;
        self.verify(&timed)
            .map_err(|_| Spoiled::Fault("the baseline of a measurement is wrong".into()))?;
        Ok(timed)
    }

    fn sample_submission(&mut self) -> Result<Timed, Spoiled<W::Wrong>> {
        let batch = self.batch(1);
        let timed = sample(self.submission, batch, self.clock).map_err(blame)?;
        self.verify(&timed).map_err(Spoiled::Wrong)?;
        Ok(timed)
    }

    fn batch(&mut self, side: usize) -> Batch {
        let batch = self.workload.batch(self.calls[side]);
        self.call_bytes = self.call_bytes.max(longest(&batch.inputs));
        batch
    }

    fn verify(&mut self, timed: &Timed) -> Result<(), W::Wrong> {
        self.call_bytes = self.call_bytes.max(longest(&timed.sample.outputs));
        self.workload.verify(&timed.sample.outputs)
    }
}

fn longest(list: &[Vec<u8>]) -> usize {
    list.iter().map(Vec::len).max().unwrap_or(0)
}

fn sample(contender: &mut dyn Contender, batch: Batch, clock: Clock) -> Result<Timed, CallFailure> {
    let sample = contender.sample(batch)?;
    let seconds = clock.seconds(&sample.timed)?;
    Ok(Timed { sample, seconds })
}

fn blame_baseline<W>(failure: &CallFailure) -> Spoiled<W> {
    Spoiled::Fault(format!("the baseline of a measurement: {failure}"))
}

fn blame<W>(failure: CallFailure) -> Spoiled<W> {
    match failure {
        CallFailure::Fault(what) => Spoiled::Fault(what),
        other => Spoiled::Submission(other),
    }
}
