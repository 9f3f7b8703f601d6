//! The measurement of one timed case.

use super::result::{clock_of, decided, faulty, not_shown, spoilt, too_few_cpus};
use super::{BY_ELAPSED_TIME, Sides, need_of};
use crate::cases::result_of;
use crate::clock::StageClock;
use crate::contention::Contention;
use crate::drive::{Wire, nonce, task_budget};
use crate::fault::Result;
use crate::lane::{Turn, lane};
use crate::session::GradingSession;
use grader_course::config::{GateRubric, Limits};
use grader_judge::{Draw, Failure, Metered, TaskAccount, TaskBudget, TimedCase};
use grader_model::{CaseResult, Outcome, Stage};
use grader_protocol::Allowance;
use grader_timing::{
    Clock, Gate, Measurement, Neighbours, NoMatterWho, Plan, Remote, Spoiled, Verdict,
    measure_beside,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

/// A measured process makes the calls of up to 256 pairs; correctness needs far fewer.
const CPU_TIMES: u32 = 4;
/// What the submission's side of one measurement may use, so that none can hold the CPUs of measurements for
/// longer. 256 samples of 25 ms, the longest that they are made, use a sixth of it.
const OF_A_MEASUREMENT: Allowance =
    Allowance { cpu: Duration::from_secs(40), elapsed: Duration::from_secs(80) };
/// What the course's own side may use: more than it ever needs.
const OF_THE_COURSE: Allowance =
    Allowance { cpu: Duration::from_hours(1), elapsed: Duration::from_hours(1) };

/// What is measured, and how.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The case.
    pub case: &'a TimedCase,
    /// Its gate.
    pub gate: &'a GateRubric,
    /// The clock.
    pub clock: Clock,
}

/// How a measurement ended.
type Measured = std::result::Result<Measurement, Spoiled<Failure>>;

/// One measurement.
struct BoutResult {
    measured: Measured,
    /// CPU time of its processes.
    cpu: Duration,
}

impl BoutResult {
    fn verdict(&self) -> Option<Verdict> {
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
pub struct Trial<'a> {
    /// The grading.
    pub session: &'a GradingSession<'a>,
    /// The executables.
    pub sides: &'a Sides,
}

impl Trial<'_> {
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
        let question = Question { case, gate, clock: clock_of(gate) };
        let first = self.bout(&question, &turn, self.sides)?;
        let control = self.control(&question, &turn, &first)?;
        drop(turn);
        let elapsed = self.by_elapsed_time(&question, &first)?;
        let bouts = [Some(&first), control.as_ref(), elapsed.as_ref()];
        let cpu = bouts.into_iter().flatten().map(|bout| bout.cpu).sum();
        let wall_seconds = clock.cost(Stage::Time, Duration::ZERO).wall_seconds;
        let result = CaseResult { wall_seconds, ..result };
        let is_shown =
            control.as_ref().is_none_or(|control| control.verdict() == Some(Verdict::Pass));
        let passed = elapsed.and_then(|elapsed| elapsed.measured.ok());
        let passed = passed.filter(|measurement| measurement.verdict == Verdict::Pass);
        let result = match (passed, first.measured) {
            (Some(passed), _) => {
                decided(result, &Question { clock: Clock::Wall, ..question }, &passed)
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
        question: &Question<'_>,
        first: &BoutResult,
    ) -> Result<Option<BoutResult>> {
        let is_open = match &first.measured {
            Ok(measurement) => measurement.verdict != Verdict::Pass,
            Err(spoiled) => *spoiled == Spoiled::Unseen,
        };
        if question.clock != Clock::Span || !is_open {
            return Ok(None);
        }
        let Some(turn) = lane().take(BY_ELAPSED_TIME) else { return Ok(None) };
        let question = Question { clock: Clock::Wall, ..*question };
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
        question: &Question<'_>,
        turn: &Turn<'_>,
        first: &BoutResult,
    ) -> Result<Option<BoutResult>> {
        if question.clock != Clock::Wall || first.verdict() != Some(Verdict::Fail) {
            return Ok(None);
        }
        let baseline = &self.sides.baseline;
        let ours = Sides { submission: baseline.clone(), baseline: baseline.clone() };
        self.bout(question, turn, &ours).map(Some)
    }

    /// One measurement, and the CPU time of its processes.
    fn bout(&self, question: &Question<'_>, turn: &Turn<'_>, sides: &Sides) -> Result<BoutResult> {
        let Question { case, gate, clock } = *question;
        let GradingSession { grader, seed, .. } = *self.session;
        let limits = &grader.module.rubric.limits;
        let watched = clock == Clock::Span;
        let is_own = clock != Clock::Cpu;
        let limits = Limits {
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
        let metered = |wire, budget| Metered::new(wire, TaskAccount::new(budget));
        // For threads it is one more function of the submission.
        let (driver, of_baseline) = if is_own {
            (&sides.submission, budget)
        } else {
            (&sides.baseline, TaskBudget { task: OF_THE_COURSE, ..budget })
        };
        let baseline = metered(wire(driver, "the baseline"), of_baseline);
        let mut baseline = Remote::new(baseline, case.against);
        let submission = metered(wire(&sides.submission, "the submission"), budget);
        let mut submission = Remote::new(submission, case.kernel);
        let mut work = (case.work)(Draw::new(seed, case.name));
        let Some(at_least) = Gate::at_least(gate.at_least) else {
            let measured = Err(Spoiled::Fault("its gate is no number".into()));
            return Ok(BoutResult { measured, cpu: Duration::ZERO });
        };
        let plan = Plan { gate: at_least, clock };
        let aside = turn.step_aside();
        // CPU time does not mind what others do; elapsed time does.
        let mut neighbours: Box<dyn Neighbours> = match clock {
            Clock::Wall => Box::new(Contention::of(&turn.cpus, aside.shared)),
            Clock::Cpu | Clock::Span => Box::new(NoMatterWho),
        };
        // What draws and verifies is a case of ours: if it panics, that is not the student's.
        let measured = catch_unwind(AssertUnwindSafe(|| {
            measure_beside(&mut baseline, &mut submission, &mut work, plan, &mut *neighbours)
        }))
        .unwrap_or_else(|_| Err(Spoiled::Fault(format!("timed case `{}` panicked", case.name))));
        let wires = [baseline, submission].map(|side| side.into_partner().into_wire());
        let spent: Vec<_> = wires.into_iter().map(Wire::finish).collect::<Result<_>>()?;
        Ok(BoutResult { measured, cpu: spent.iter().map(|spent| spent.cpu).sum() })
    }
}
