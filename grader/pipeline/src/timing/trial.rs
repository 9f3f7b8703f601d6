//! The measurement of one timed case.

use super::result::{clock_of, decided, faulty, not_shown, spoilt, too_few_cpus};
use super::{BY_ELAPSED_TIME, TimedExecutables, need_of};
use crate::cases::result_of;
use crate::clock::StageClock;
use crate::contention::CpuContention;
use crate::drive::{Wire, nonce, task_budget};
use crate::fault::Result;
use crate::session::GradingSession;
use crate::timing_cpus::{CpuReservation, lane};
use grader_course::config::{GateRubric, SubmissionLimits};
use grader_judge::{Draw, Failure, MeteredTransport, TaskAccount, TaskBudget, TimedCase};
use grader_model::{CaseResult, GradingStage, Outcome};
use grader_protocol::CallAllowance;
use grader_timing::{
    Gate, GateVerdict, IgnoreInterference, Interference, MeasureError, MeasurePlan, Measurement,
    RemoteKernel, SampleClock, measure_beside,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

/// A measured process makes the calls of up to 256 pairs; correctness needs far fewer.
const CPU_TIMES: u32 = 4;
/// What the submission's side of one measurement may use, so that none can hold the CPUs of measurements for
/// longer. 256 samples of 25 ms, the longest that they are made, use a sixth of it.
const OF_A_MEASUREMENT: CallAllowance =
    CallAllowance { cpu: Duration::from_secs(40), elapsed: Duration::from_secs(80) };
/// What the course's own side may use: more than it ever needs.
const OF_THE_COURSE: CallAllowance =
    CallAllowance { cpu: Duration::from_hours(1), elapsed: Duration::from_hours(1) };

/// What is measured, and how.
#[derive(Clone, Copy)]
pub struct TimingQuestion<'a> {
    /// The case.
    pub case: &'a TimedCase,
    /// Its gate.
    pub gate: &'a GateRubric,
    /// The clock.
    pub clock: SampleClock,
}

/// How a measurement ended.
type MeasureOutcome = std::result::Result<Measurement, MeasureError<Failure>>;

/// One measurement.
struct BoutResult {
    measured: MeasureOutcome,
    /// CPU time of its processes.
    cpu: Duration,
}

impl BoutResult {
    fn verdict(&self) -> Option<GateVerdict> {
        self.measured.as_ref().ok().map(|measurement| measurement.verdict)
    }
}

/// The result of a timed case.
pub struct TrialResult {
    /// Its result.
    pub result: CaseResult,
    /// CPU time of all measured processes.
    pub cpu: Duration,
}

/// Measurements of one submission.
pub struct MeasurementTrial<'a> {
    /// The grading.
    pub session: &'a GradingSession<'a>,
    /// The executables.
    pub sides: &'a TimedExecutables,
}

impl MeasurementTrial<'_> {
    /// Measures one case.
    ///
    /// # Errors
    /// Only faults of ours.
    pub fn run(&self, case: &TimedCase) -> Result<TrialResult> {
        let grader = self.session.grader;
        let rubric = &grader.module.rubric;
        let result = result_of(case.into(), Outcome::Undecided, rubric);
        let unmeasured = |result| Ok(TrialResult { result, cpu: Duration::ZERO });
        let Some(gate) = grader.gate(case) else {
            return unmeasured(faulty(result, "the rubric has no gate for it"));
        };
        let need = need_of(gate);
        let Some(turn) = lane().take(need) else {
            return unmeasured(too_few_cpus(result, need.cpus));
        };
        let clock = StageClock::start();
        let question = TimingQuestion { case, gate, clock: clock_of(gate) };
        let first = self.bout(&question, &turn, self.sides)?;
        let control = self.control(&question, &turn, &first)?;
        drop(turn);
        let elapsed = self.by_elapsed_time(&question, &first)?;
        let bouts = [Some(&first), control.as_ref(), elapsed.as_ref()];
        let cpu = bouts.into_iter().flatten().map(|bout| bout.cpu).sum();
        let wall_seconds = clock.cost(GradingStage::Time, Duration::ZERO).wall_seconds;
        let result = CaseResult { wall_seconds, ..result };
        let is_shown =
            control.as_ref().is_none_or(|control| control.verdict() == Some(GateVerdict::Pass));
        let passed = elapsed.and_then(|elapsed| elapsed.measured.ok());
        let passed = passed.filter(|measurement| measurement.verdict == GateVerdict::Pass);
        let result = match (passed, first.measured) {
            (Some(passed), _) => {
                decided(result, &TimingQuestion { clock: SampleClock::Wall, ..question }, &passed)
            }
            (None, Ok(measurement)) if is_shown => decided(result, &question, &measurement),
            (None, Ok(measurement)) => not_shown(decided(result, &question, &measurement)),
            (None, Err(spoiled)) => spoilt(result, spoiled, &rubric.limits),
        };
        Ok(TrialResult { result, cpu })
    }

    /// The measurement by elapsed time on two CPUs, where the span on one CPU is no pass. Threads that hand small
    /// pieces to each other take turns on one CPU, and overlap on two. Only a pass counts: on a busy machine, elapsed
    /// time shows too little parallelism, and never too much.
    fn by_elapsed_time(
        &self,
        question: &TimingQuestion<'_>,
        first: &BoutResult,
    ) -> Result<Option<BoutResult>> {
        let is_open = match &first.measured {
            Ok(measurement) => measurement.verdict != GateVerdict::Pass,
            Err(spoiled) => *spoiled == MeasureError::Unseen,
        };
        if question.clock != SampleClock::Span || !is_open {
            return Ok(None);
        }
        let Some(turn) = lane().take(BY_ELAPSED_TIME) else { return Ok(None) };
        let question = TimingQuestion { clock: SampleClock::Wall, ..*question };
        self.bout(&question, &turn, self.sides).map(Some)
    }

    /// The measurement that shows whether this machine can show what is asked, here and now: before a submission is
    /// called too slow by elapsed time, the course's own solution has to pass in its place. `None` where no control
    /// is needed.
    ///
    /// A machine may have two CPUs that are slower together than one: what a new thread touches first is
    /// fetched page by page, for one. Two threads of the reference were once called too slow by it, on
    /// a machine on which nothing else ran.
    fn control(
        &self,
        question: &TimingQuestion<'_>,
        turn: &CpuReservation<'_>,
        first: &BoutResult,
    ) -> Result<Option<BoutResult>> {
        if question.clock != SampleClock::Wall || first.verdict() != Some(GateVerdict::Fail) {
            return Ok(None);
        }
        let baseline = &self.sides.baseline;
        let ours = TimedExecutables { submission: baseline.clone(), baseline: baseline.clone() };
        self.bout(question, turn, &ours).map(Some)
    }

    /// One measurement, and the CPU time of its processes.
    fn bout(
        &self,
        question: &TimingQuestion<'_>,
        turn: &CpuReservation<'_>,
        sides: &TimedExecutables,
    ) -> Result<BoutResult> {
        let TimingQuestion { case, gate, clock } = *question;
        let GradingSession { grader, seed, .. } = *self.session;
        let limits = &grader.module.rubric.limits;
        let watched = clock == SampleClock::Span;
        let is_own = clock != SampleClock::Cpu;
        let limits = SubmissionLimits {
            cpu_seconds: limits.cpu_seconds.saturating_mul(CPU_TIMES),
            // A call on threads lasts longer than what is judged.
            call_seconds: limits.call_seconds.saturating_mul(if is_own { CPU_TIMES } else { 1 }),
            ..*limits
        };
        let wire = |driver: &Path, called: &str| {
            let nonce = nonce::first(seed, called);
            let wire =
                Wire::new(&grader.sandbox, driver, &limits, nonce).to_be_timed_on(&turn.cpus);
            if watched { wire.watching_threads() } else { wire }
        };
        let budget = TaskBudget { task: OF_A_MEASUREMENT, ..task_budget(&limits) };
        let metered = |wire, budget| MeteredTransport::new(wire, TaskAccount::new(budget));
        // For threads it is one more function of the submission.
        let (driver, of_baseline) = if is_own {
            (&sides.submission, budget)
        } else {
            (&sides.baseline, TaskBudget { task: OF_THE_COURSE, ..budget })
        };
        let baseline = metered(wire(driver, "the baseline"), of_baseline);
        let mut baseline = RemoteKernel::new(baseline, case.against);
        let submission = metered(wire(&sides.submission, "the submission"), budget);
        let mut submission = RemoteKernel::new(submission, case.kernel);
        let mut work = (case.work)(Draw::new(seed, case.name));
        let Some(at_least) = Gate::at_least(gate.at_least) else {
            let measured = Err(MeasureError::Fault("its gate is no number".into()));
            return Ok(BoutResult { measured, cpu: Duration::ZERO });
        };
        let plan = MeasurePlan { gate: at_least, clock };
        let aside = turn.step_aside();
        // CPU time does not mind what others do; elapsed time does.
        let mut neighbours: Box<dyn Interference> = match clock {
            SampleClock::Wall => Box::new(CpuContention::of(&turn.cpus, aside.shared)),
            SampleClock::Cpu | SampleClock::Span => Box::new(IgnoreInterference),
        };
        // What draws and verifies is a case of ours: if it panics, that is not the student's.
        let measured = catch_unwind(AssertUnwindSafe(|| {
            measure_beside(&mut baseline, &mut submission, &mut work, plan, &mut *neighbours)
        }))
        .unwrap_or_else(|_| {
            Err(MeasureError::Fault(format!("timed case `{}` panicked", case.name)))
        });
        let wires = [baseline, submission].map(|side| side.into_partner().into_wire());
        let spent: Vec<_> = wires.into_iter().map(Wire::finish).collect::<Result<_>>()?;
        Ok(BoutResult { measured, cpu: spent.iter().map(|spent| spent.cpu).sum() })
    }
}
