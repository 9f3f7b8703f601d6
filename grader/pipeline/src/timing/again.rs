//! What was right in the build that is looked at is asked again of the library that is measured, so that code which can
//! tell the two builds from each other has to be right in both.

use super::Candidate;
use super::result::unlike_before;
use crate::compile::Compiled;
use crate::fault::Result;
use crate::grade::Grader;
use grader_judge::{Case, TimedCase};
use grader_model::{CaseResult, Grade, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A submission that was looked at, and how it was asked.
pub(super) struct Again<'a> {
    /// Built for speed.
    pub candidate: &'a Candidate<'a>,
    /// Its cases so far.
    pub grade: &'a Grade,
    /// Of the inputs: they are the same again, so that nothing but the build differs.
    pub seed: u64,
    /// Whether to stop.
    pub stop: &'a AtomicBool,
}

impl Again<'_> {
    fn passed(&self, name: &str) -> bool {
        self.grade.cases.iter().any(|case| case.name == name && case.outcome == Outcome::Pass)
    }
}

impl Grader {
    /// Results for those of the cases `due` that are not measured, as something that they rest on was right before and is
    /// not in this build: a case of the same task, or one that they wait for.
    ///
    /// # Errors
    /// Only faults of ours.
    pub(super) fn ask_again(
        &self,
        due: &[&TimedCase],
        again: &Again<'_>,
        cpu: &mut Duration,
    ) -> Result<BTreeMap<&'static str, CaseResult>> {
        let suite = &self.module.suite;
        let rests_on = |timed: &TimedCase, case: &Case| {
            case.task == timed.task || suite.parents(timed.name).contains(&case.name)
        };
        let is_asked =
            |case: &&Case| again.passed(case.name) && due.iter().any(|timed| rests_on(timed, case));
        let names: BTreeSet<_> =
            suite.cases().iter().filter(is_asked).map(|case| case.name).collect();
        let Candidate { missing, work, .. } = again.candidate;
        let driver = match self.compiler().driver_for_speed(work, missing, cpu)? {
            Compiled::Driver { path, .. } => path,
            Compiled::Failed { outcome, problems } => {
                let unbuilt =
                    |case: &&TimedCase| (case.name, self.unbuilt(case, outcome, &problems));
                return Ok(due.iter().map(unbuilt).collect());
            }
        };
        let (runs, used) = self.asked_again(&driver, &names, again.seed, again.stop)?;
        *cpu += used;
        let spoilt = |timed: &&TimedCase| {
            let rests = |name| suite.get(name).is_some_and(|case| rests_on(timed, case));
            let mut failures = runs.iter().filter(|run| rests(run.name));
            let failure = failures.find_map(|run| run.failure.clone())?;
            let result = self.blank_case(timed.task, timed.name, timed.claim);
            Some((timed.name, unlike_before(result, failure, &self.module.rubric.limits)))
        };
        Ok(due.iter().filter_map(spoilt).collect())
    }
}
