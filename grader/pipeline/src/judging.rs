//! Stages 4 and 5: the hidden cases, asked over the wire.

use crate::clock::StageClock;
use crate::collect::Sources;
use crate::compile::Compiled;
use crate::drive::{Wire, message_of, nonce, task_budget};
use crate::fault::Result;
use crate::grade::Grader;
use crate::rescore;
use grader_judge::{CallLog, Case, CaseRun, Failure, Observer, run_suite};
use grader_model::{CaseResult, Grade, Hidden, Outcome, Stage, StageCost};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tracing::debug;

impl Grader {
    /// Runs every hidden case against `driver` and notes the results and what they cost.
    /// `Ok(false)` when stopped.
    pub(crate) fn drive_and_judge(
        &self,
        driver: &Path,
        grade: &mut Grade,
        seed: u64,
        stop: &AtomicBool,
    ) -> Result<bool> {
        debug!(cases = self.module.suite.cases().len(), "judging");
        let clock = StageClock::start();
        let limits = &self.module.rubric.limits;
        let nonce = nonce::first(seed, "the judge");
        let wire =
            Wire::new(&self.sandbox, driver, limits, nonce).peeled(&self.module.switched_off);
        let log = CallLog::default();
        let mut wire = wire.logging(&log);
        let mut watch = CaseWatch::new(stop, &log);
        let runs = run_suite(&self.module.suite, &mut wire, task_budget(limits), seed, &mut watch);
        let spent = wire.finish()?;
        if runs.len() < self.module.suite.cases().len() {
            return Ok(false);
        }
        let whole = clock.cost(Stage::Judge, Duration::ZERO);
        let (sandbox, calls) = (spent.sandbox.as_secs_f64(), spent.calls.as_secs_f64());
        let cost =
            |stage, wall_seconds, cpu_seconds| StageCost { stage, wall_seconds, cpu_seconds };
        grade.costs.push(cost(Stage::Sandbox, sandbox, 0.0));
        grade.costs.push(cost(Stage::Drive, calls, spent.cpu.as_secs_f64()));
        let judging = (whole.wall_seconds - sandbox - calls).max(0.0);
        grade.costs.push(cost(Stage::Judge, judging, whole.cpu_seconds));
        grade.cases = runs
            .iter()
            .zip(&watch.ends)
            .zip(self.module.suite.cases())
            .map(|((run, end), case)| self.case_result(case, run, end))
            .collect();
        Ok(true)
    }

    /// Asks the cases called `names` once more, of another build of the same submission, with the inputs that it had
    /// before: how each ended, and the CPU time of it all. Fewer than that when stopped.
    pub(crate) fn asked_again(
        &self,
        driver: &Path,
        names: &BTreeSet<&str>,
        seed: u64,
        stop: &AtomicBool,
    ) -> Result<(Vec<CaseRun>, Duration)> {
        let limits = &self.module.rubric.limits;
        let nonce = nonce::first(seed, "the judge, once more");
        let mut wire =
            Wire::new(&self.sandbox, driver, limits, nonce).peeled(&self.module.switched_off);
        let log = CallLog::default();
        let mut watch = CaseWatch::new(stop, &log);
        let suite = self.module.suite.clone().without(&|_, name| !names.contains(name));
        let runs = run_suite(&suite, &mut wire, task_budget(limits), seed, &mut watch);
        Ok((runs, wire.finish()?.cpu))
    }

    /// The driver of `sources` and nothing else, below the private folder `work`; `None` where they do not
    /// compile. For figures of what the parts of a grading cost.
    ///
    /// # Errors
    /// Only faults of ours.
    #[doc(hidden)]
    pub fn driver(&self, sources: &Sources, work: &Path) -> Result<Option<PathBuf>> {
        Ok(match self.compiler().compile(sources, work)?.compiled {
            Compiled::Driver { path, .. } => Some(path),
            Compiled::Failed { .. } => None,
        })
    }

    fn case_result(&self, case: &Case, run: &CaseRun, end: &CaseEnd) -> CaseResult {
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
            outcome: run.outcome,
            message: failure.map(|failure| message_of(failure, &self.module.rubric.limits)),
            location: failure.and_then(Failure::location).map(Into::into),
            blocked_by: run.blocked_by.iter().map(|name| (*name).into()).collect(),
            detail,
            wall_seconds: end.seconds,
            ..self.blank_case(case.task, case.name, case.claim)
        }
    }

    /// What is known of a case before it was run.
    pub(crate) fn blank_case(&self, task: &str, name: &str, claim: &str) -> CaseResult {
        let rubric = &self.module.rubric;
        CaseResult {
            name: name.into(),
            task: task.into(),
            claim: claim.trim().into(),
            outcome: Outcome::GraderFault,
            message: None,
            location: None,
            blocked_by: Vec::new(),
            detail: None,
            weight: rubric.weight_of(task, name),
            visibility: rescore::visibility(rubric.visibility_of(task, name)),
            wall_seconds: 0.0,
            timing: None,
            timed_pairs: None,
        }
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

impl Observer for CaseWatch<'_> {
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
