//! Stages 4 and 5: the hidden cases, asked over the wire.

use crate::cases::result_of;
use crate::clock::StageClock;
use crate::drive::{Wire, message_of, nonce, task_budget};
use crate::early_end::EarlyEnd;
use crate::fault::Result;
use crate::session::GradingSession;
use grader_course::config::Rubric;
use grader_judge::{CallLog, Case, CaseObserver, CaseRun, Failure, Suite, run_suite};
use grader_model::{CaseResult, GradingStage, Hidden, Outcome, StageCost};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tracing::debug;

/// How the cases of a submission ended.
pub struct Judgement {
    /// The results, in the order of the suite.
    pub cases: Vec<CaseResult>,
    /// The costs of the sandbox, of driving and of judging.
    pub costs: Vec<StageCost>,
}

/// Asks `driver` every case of `suite`.
///
/// # Errors
/// When stopped, or a fault of ours.
pub fn judge(
    session: &GradingSession<'_>,
    driver: &Path,
    suite: &Suite,
) -> Result<Judgement, EarlyEnd> {
    debug!(cases = suite.cases().len(), "judging");
    let clock = StageClock::start();
    let module = &session.grader.module;
    let limits = &module.rubric.limits;
    let nonce = nonce::first(session.seed, "the judge");
    let wire = Wire::new(&session.grader.sandbox, driver, limits, nonce);
    let log = CallLog::default();
    let mut wire = wire.peeled(&module.switched_off).logging(&log);
    let mut watch = CaseWatch::new(session.stop, &log);
    let budget = |task: &str| task_budget(&module.rubric.limits_of(task));
    let runs = run_suite(suite, &mut wire, &budget, session.seed, &mut watch);
    let spent = wire.finish()?;
    if runs.len() < suite.cases().len() {
        return Err(EarlyEnd::Stopped);
    }
    let ended = runs.iter().zip(&watch.ends).zip(suite.cases());
    let cases = ended.map(|((run, end), case)| case_result(case, run, end, &module.rubric));
    let whole = clock.cost(GradingStage::Judge, Duration::ZERO);
    let sandbox = spent.sandbox.as_secs_f64();
    let calls = spent.calls.as_secs_f64();
    let judging = (whole.wall_seconds - sandbox - calls).max(0.0);
    let cost = |stage, wall_seconds, cpu_seconds| StageCost { stage, wall_seconds, cpu_seconds };
    Ok(Judgement {
        cases: cases.collect(),
        costs: vec![
            cost(GradingStage::Sandbox, sandbox, 0.0),
            cost(GradingStage::Drive, calls, spent.cpu.as_secs_f64()),
            cost(GradingStage::Judge, judging, whole.cpu_seconds),
        ],
    })
}

/// How some cases ended when they were asked once more.
pub struct SecondRun {
    /// The cases that were asked.
    pub runs: Vec<CaseRun>,
    /// CPU time of the drivers.
    pub cpu: Duration,
}

/// Asks the cases of `suite` called `names` once more, of another build of the same submission, with the inputs
/// that it had before.
///
/// # Errors
/// When stopped, or a fault of ours.
pub fn ask_again(
    session: &GradingSession<'_>,
    driver: &Path,
    suite: &Suite,
    names: &BTreeSet<&str>,
) -> Result<SecondRun, EarlyEnd> {
    let module = &session.grader.module;
    let limits = &module.rubric.limits;
    let nonce = nonce::first(session.seed, "the judge, once more");
    let wire = Wire::new(&session.grader.sandbox, driver, limits, nonce);
    let mut wire = wire.peeled(&module.switched_off);
    let log = CallLog::default();
    let mut watch = CaseWatch::new(session.stop, &log);
    let asked = suite.clone().without(&|_, name| !names.contains(name));
    let budget = |task: &str| task_budget(&module.rubric.limits_of(task));
    let runs = run_suite(&asked, &mut wire, &budget, session.seed, &mut watch);
    let cpu = wire.finish()?.cpu;
    if runs.len() < asked.cases().len() {
        return Err(EarlyEnd::Stopped);
    }
    Ok(SecondRun { runs, cpu })
}

fn case_result(case: &Case, run: &CaseRun, end: &CaseEnd, rubric: &Rubric) -> CaseResult {
    let failure = run.failure.as_ref();
    let difference = match failure {
        Some(Failure::Wrong { detail, .. }) => Some(detail.clone()),
        Some(Failure::Fault(what)) => Some(Hidden::text(what)),
        _ => None,
    };
    let detail = match (difference, &end.calls) {
        (Some(difference), Some(calls)) => {
            Some(Hidden::new(format!("{}\n{calls}", difference.for_instructor())))
        }
        (None, Some(calls)) => Some(Hidden::text(calls)),
        (difference, None) => difference,
    };
    CaseResult {
        message: failure.map(|failure| message_of(failure, &rubric.limits)),
        location: failure.and_then(Failure::location).map(Into::into),
        blocked_by: run.blocked_by.iter().map(|name| (*name).into()).collect(),
        detail,
        wall_seconds: end.seconds,
        ..result_of(case.into(), run.outcome, rubric)
    }
}

/// Notes how long each case took and what a failed one asked, and ends the run when asked to.
struct CaseWatch<'a> {
    stop: &'a AtomicBool,
    log: &'a CallLog,
    started: Instant,
    ends: Vec<CaseEnd>,
}

/// What is noted of a case.
struct CaseEnd {
    seconds: f64,
    /// The last calls, if it failed.
    calls: Option<String>,
}

impl<'a> CaseWatch<'a> {
    fn new(stop: &'a AtomicBool, log: &'a CallLog) -> Self {
        Self { stop, log, started: Instant::now(), ends: Vec::new() }
    }
}

impl CaseObserver for CaseWatch<'_> {
    fn begin(&mut self, _: &Case) -> bool {
        self.started = Instant::now();
        self.log.clear();
        !self.stop.load(Ordering::Relaxed)
    }

    fn end(&mut self, _: &Case, run: &CaseRun) {
        let seconds = self.started.elapsed().as_secs_f64();
        // A stub's calls say nothing.
        let failed = run.failure.is_some() && run.outcome != Outcome::NotStarted;
        let calls = failed.then(|| self.log.text()).flatten();
        self.ends.push(CaseEnd { seconds, calls });
    }
}
