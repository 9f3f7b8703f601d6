//! Stages 4 and 5: the hidden cases, asked over the wire.

use crate::clock::StageClock;
use crate::collect::Sources;
use crate::compile::Compiled;
use crate::drive::{Wire, nonce};
use crate::fault::Result;
use crate::grade::Grader;
use crate::rescore;
use grader_judge::{Case, CaseRun, Failure, Observer, run_suite};
use grader_model::{CaseResult, Grade, Hidden, Outcome, Stage, StageCost};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

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
        let clock = StageClock::start();
        let limits = &self.module.rubric.limits;
        let nonce = nonce::first(seed, "the judge");
        let mut wire =
            Wire::new(&self.sandbox, driver, limits, nonce).peeled(&self.module.switched_off);
        let mut watch = CaseWatch { stop, started: Instant::now(), seconds: Vec::new() };
        let runs = run_suite(&self.module.suite, &mut wire, seed, &mut watch);
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
            .zip(&watch.seconds)
            .zip(self.module.suite.cases())
            .map(|((run, seconds), case)| self.case_result(case, run, *seconds))
            .collect();
        Ok(true)
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

    fn case_result(&self, case: &Case, run: &CaseRun, wall_seconds: f64) -> CaseResult {
        let failure = run.failure.as_ref();
        let detail = match failure {
            Some(Failure::Wrong { detail, .. }) => Some(detail.clone()),
            Some(Failure::Fault(what)) => Some(Hidden::text(what)),
            _ => None,
        };
        CaseResult {
            outcome: run.outcome,
            message: failure.map(Failure::message),
            location: failure.and_then(Failure::location).map(Into::into),
            blocked_by: run.blocked_by.iter().map(|name| (*name).into()).collect(),
            detail,
            wall_seconds,
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

/// Notes how long each case took and ends the run when asked to.
struct CaseWatch<'a> {
    stop: &'a AtomicBool,
    started: Instant,
    seconds: Vec<f64>,
}

impl Observer for CaseWatch<'_> {
    fn begin(&mut self, _: &Case) -> bool {
        self.started = Instant::now();
        !self.stop.load(Ordering::Relaxed)
    }

    fn end(&mut self, _: &Case, _: &CaseRun) {
        self.seconds.push(self.started.elapsed().as_secs_f64());
    }
}
