//! Two processes that compute the same in turn.

use crate::equalise;
use crate::measurement::{MeasureError, SampleClock, SamplePair, SampleThreads};
use crate::outside::excess;
use crate::{CallBatch, Contender, Sample, Workload};
use grader_protocol::{CallFailure, ThreadOverlap};
use std::time::Duration;

/// A sample whose threads were not seen well enough is made again, this often in all.
const UNSEEN: u32 = 16;
/// Rounds of warm-up. The first is of single calls; each tells how many calls the next one makes.
const WARM_UPS: usize = 3;

/// Two contenders and what they are asked: pair after pair.
pub struct PairedRun<'a, W> {
    baseline: &'a mut dyn Contender,
    submission: &'a mut dyn Contender,
    workload: &'a mut W,
    clock: SampleClock,
    /// Calls a sample: of the baseline, of the submission.
    calls: [usize; 2],
    /// The largest input or output so far.
    call_bytes: usize,
    /// CPU time of both since they are warm.
    used: Duration,
    /// Samples whose threads were not seen well enough.
    unseen: u32,
    /// Every pair so far, of all launches and their warm-ups.
    history: Vec<SamplePair>,
}

/// One sample of a side, and its seconds by the clock.
struct TimedSample {
    sample: Sample,
    seconds: f64,
}

impl TimedSample {
    fn wall(&self) -> f64 {
        self.sample.timed.wall.as_secs_f64()
    }
}

impl<'a, W: Workload> PairedRun<'a, W> {
    /// Nothing is started yet.
    pub fn new(
        baseline: &'a mut dyn Contender,
        submission: &'a mut dyn Contender,
        workload: &'a mut W,
        clock: SampleClock,
    ) -> Self {
        Self {
            baseline,
            submission,
            workload,
            clock,
            calls: [1, 1],
            call_bytes: 1,
            used: Duration::ZERO,
            unseen: 0,
            history: Vec::new(),
        }
    }

    /// Calls a sample: of the baseline, of the submission.
    pub const fn calls(&self) -> [usize; 2] {
        self.calls
    }

    /// CPU time of both processes since the warm-up.
    pub const fn used(&self) -> Duration {
        self.used
    }

    /// Every pair so far, of all launches and their warm-ups.
    pub fn history(&self) -> &[SamplePair] {
        &self.history
    }

    /// Starts both afresh and warms them up, until their samples last the same.
    ///
    /// # Errors
    /// When one does not answer, or wrongly.
    pub fn start(&mut self) -> Result<(), MeasureError<W::Wrong>> {
        self.baseline.start().map_err(|failure| blame_baseline(self.clock, failure))?;
        self.submission.start().map_err(blame)?;
        self.calls = [1, 1];
        for round in 0..WARM_UPS {
            // Work put off is as long as work done.
            let pair = self.pair(round)?;
            let submission = pair.submission + pair.excess.max(0.0);
            self.calls = equalise::calls([pair.baseline, submission], self.call_bytes);
        }
        self.used = Duration::ZERO;
        Ok(())
    }

    /// Measures one pair, the even ones in the order AB, the odd ones in the order BA.
    ///
    /// # Errors
    /// When one does not answer, or wrongly, or is not seen well enough time after time.
    pub fn pair(&mut self, number: usize) -> Result<SamplePair, MeasureError<W::Wrong>> {
        self.ask_aside()?;
        loop {
            if let Some(pair) = self.try_pair(number)? {
                return Ok(pair);
            }
            self.unseen += 1;
            if self.unseen > UNSEEN {
                return Err(MeasureError::Unseen);
            }
        }
    }

    /// One pair; `None` if the submission's threads were not seen well enough.
    fn try_pair(&mut self, number: usize) -> Result<Option<SamplePair>, MeasureError<W::Wrong>> {
        let batch = self.workload.batch(self.calls[0].max(self.calls[1]));
        let (baseline, submission) = if number.is_multiple_of(2) {
            let baseline = self.sample_baseline(&batch)?;
            (baseline, self.sample_submission(&batch)?)
        } else {
            let submission = self.sample_submission(&batch)?;
            (self.sample_baseline(&batch)?, submission)
        };
        let sides = [&baseline.sample, &submission.sample];
        let excess = excess(sides, batch.bytes(), submission.seconds);
        self.used += sides.map(Sample::used).iter().sum::<Duration>();
        self.call_bytes = self.call_bytes.max(longest([&batch.inputs, &submission.sample.outputs]));
        let calls = self.calls.map(|calls| calls as f64);
        let pair = SamplePair {
            baseline: baseline.seconds / calls[0],
            submission: submission.seconds / calls[1],
            excess: excess / calls[1],
            wall: [baseline.wall() / calls[0], submission.wall() / calls[1]],
            threads: None,
        };
        let overlap = submission.sample.timed.overlap;
        let seen = match self.clock {
            SampleClock::Span => overlap.map(|overlap| by_span(pair, overlap, calls[1])),
            SampleClock::Wall => Some(by_elapsed_time(pair, sides, calls)),
            SampleClock::Cpu => Some(pair),
        };
        self.history.extend(seen);
        Ok(seen)
    }

    /// Has the submission answer what is not timed, if something is asked now.
    fn ask_aside(&mut self) -> Result<(), MeasureError<W::Wrong>> {
        let Some(aside) = self.workload.aside() else { return Ok(()) };
        let sample = self.submission.sample(&aside, aside.inputs.len()).map_err(blame)?;
        self.used += sample.used();
        self.workload.verify(&sample.outputs).map_err(MeasureError::Wrong)
    }

    fn sample_baseline(
        &mut self,
        batch: &CallBatch,
    ) -> Result<TimedSample, MeasureError<W::Wrong>> {
        let timed = sample(self.baseline, batch, self.calls[0], self.clock)
            .map_err(|failure| blame_baseline(self.clock, failure))?;
        self.workload.verify(&timed.sample.outputs).map_err(|wrong| match self.clock {
            SampleClock::Span | SampleClock::Wall => MeasureError::Wrong(wrong),
            SampleClock::Cpu => {
                MeasureError::Fault("the baseline of a measurement is wrong".into())
            }
        })?;
        Ok(timed)
    }

    fn sample_submission(
        &mut self,
        batch: &CallBatch,
    ) -> Result<TimedSample, MeasureError<W::Wrong>> {
        let timed = sample(self.submission, batch, self.calls[1], self.clock).map_err(blame)?;
        self.workload.verify(&timed.sample.outputs).map_err(MeasureError::Wrong)?;
        Ok(timed)
    }
}

/// The pair with the submission's span for its time, which was the CPU time of all threads.
fn by_span(pair: SamplePair, overlap: ThreadOverlap, calls: f64) -> SamplePair {
    let together = overlap.together.as_secs_f64() / calls / pair.submission;
    let work = pair.submission / pair.baseline;
    let threads = Some(SampleThreads { work, together: Some(together.min(1.0)) });
    SamplePair { submission: overlap.span.as_secs_f64() / calls, threads, ..pair }
}

/// The pair with the CPU time of all threads, as a multiple of the baseline's.
fn by_elapsed_time(pair: SamplePair, sides: [&Sample; 2], calls: [f64; 2]) -> SamplePair {
    let cpu = sides.map(|sample| sample.timed.cpu.unwrap_or_default().as_secs_f64());
    let work = (cpu[1] / calls[1]) / (cpu[0] / calls[0]);
    SamplePair { threads: Some(SampleThreads { work, together: None }), ..pair }
}

fn longest(lists: [&Vec<Vec<u8>>; 2]) -> usize {
    lists.into_iter().flatten().map(Vec::len).max().unwrap_or(0)
}

fn sample(
    contender: &mut dyn Contender,
    batch: &CallBatch,
    calls: usize,
    clock: SampleClock,
) -> Result<TimedSample, CallFailure> {
    let sample = contender.sample(batch, calls)?;
    let seconds = clock.seconds(&sample.timed)?;
    Ok(TimedSample { sample, seconds })
}

/// The baseline is the course's own with [`SampleClock::Cpu`], and the submission's own with the other clocks.
fn blame_baseline<W>(clock: SampleClock, failure: CallFailure) -> MeasureError<W> {
    match clock {
        SampleClock::Span | SampleClock::Wall => blame(failure),
        SampleClock::Cpu => {
            MeasureError::Fault(format!("the baseline of a measurement: {failure}"))
        }
    }
}

fn blame<W>(failure: CallFailure) -> MeasureError<W> {
    match failure {
        CallFailure::Fault(what) => MeasureError::Fault(what),
        other => MeasureError::Submission(other),
    }
}
