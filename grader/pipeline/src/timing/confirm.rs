//! What was right in the first build is asked again of the library that is measured, so that code which can tell the
//! two builds apart has to be right in both.

use super::TimedExecutables;
use super::result::{skipped, unbuilt, unlike_before};
use crate::build::{FastBuild, SubmissionBuild};
use crate::cases::result_of;
use crate::clock::StageClock;
use crate::compile::{BuildFailure, CompileOutcome, missing_tasks};
use crate::early_end::EarlyEnd;
use crate::fault::Result;
use crate::grader::Grader;
use crate::judge_cases::ask_again;
use crate::session::GradingSession;
use grader_course::config::Rubric;
use grader_judge::{Case, CaseRun, Suite, TimedCase};
use grader_model::{CaseResult, CompileProblem, Grade, GradingStage, Outcome, StageCost};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The measurements of a submission.
pub struct MeasurementPlan {
    /// The timed cases, in the order of the suite.
    pub entries: Vec<PlanEntry>,
    /// The executables that are compared; `None` if nothing can be measured.
    pub sides: Option<TimedExecutables>,
    /// The problems of the build for speed, if a case depends on it.
    pub problems: Vec<CompileProblem>,
    /// The costs of the build for speed and of asking again.
    pub costs: Vec<StageCost>,
}

impl MeasurementPlan {
    /// The undecided cases of `grade`, to be measured again with the submission's executable.
    ///
    /// # Errors
    /// When the course's own executable cannot be built.
    pub fn again(grader: &Grader, grade: &Grade, submission: PathBuf) -> Result<Self> {
        let is_open = |case: &&TimedCase| {
            let mut results = grade.cases.iter().filter(|result| result.name == case.name);
            // A case that was not measured has no answers that were right in both builds.
            results.any(|result| result.outcome == Outcome::Undecided && result.timing.is_some())
        };
        Ok(Self {
            entries: grader.timed().filter(is_open).copied().map(PlanEntry::Due).collect(),
            sides: Some(TimedExecutables { baseline: grader.baseline()?, submission }),
            problems: Vec::new(),
            costs: Vec::new(),
        })
    }
}

/// One timed case.
pub enum PlanEntry {
    /// It has a result without a measurement.
    Settled(Box<CaseResult>),
    /// It is to be measured.
    Due(TimedCase),
}

impl PlanEntry {
    fn settled(result: CaseResult) -> Self {
        Self::Settled(Box::new(result))
    }
}

/// A submission that was judged.
pub struct JudgedBuild<'a> {
    /// Both builds.
    pub build: &'a SubmissionBuild,
    /// The cases that were asked, and the timed ones.
    pub suite: &'a Suite,
    /// The results of the cases.
    pub cases: &'a [CaseResult],
}

impl JudgedBuild<'_> {
    /// The timed cases that are measured if all that they depend on is right.
    fn timed(&self, session: &GradingSession<'_>) -> Vec<TimedCase> {
        let timed = self.suite.timed().iter();
        timed.filter(|case| session.grader.timing.covers(case.name)).copied().collect()
    }

    fn passed(&self, name: &str) -> bool {
        self.cases.iter().any(|case| case.name == name && case.outcome == Outcome::Pass)
    }

    /// The cases that `case` waits for and that did not pass.
    fn blockers(&self, case: &TimedCase) -> Vec<String> {
        let parents = self.suite.parents(case.name).iter();
        parents.filter(|name| !self.passed(name)).map(|name| (*name).to_owned()).collect()
    }

    /// Whether `timed` rests on `case`: it waits for it, or is about the same task.
    fn rests_on(&self, timed: &TimedCase, case: &Case) -> bool {
        case.task == timed.task || self.suite.parents(timed.name).contains(&case.name)
    }
}

/// Decides which timed cases are measured: those with everything right that they rest on, in both builds.
///
/// # Errors
/// When stopped, or a fault of ours.
///
/// # Cost
/// One call of the compiler if anything is due, and the cases that it rests on.
pub fn confirm(
    session: &GradingSession<'_>,
    judged: &JudgedBuild<'_>,
) -> Result<MeasurementPlan, EarlyEnd> {
    let rubric = &session.grader.module.rubric;
    let timed = judged.timed(session);
    let is_any_due = timed.iter().any(|case| judged.blockers(case).is_empty());
    if let Some(fast) = judged.build.fast.as_ref().filter(|_| is_any_due) {
        return confirm_due(session, judged, fast);
    }
    let entry = |case: &TimedCase| PlanEntry::settled(skipped(case, judged.blockers(case), rubric));
    Ok(MeasurementPlan {
        entries: timed.iter().map(entry).collect(),
        sides: None,
        problems: Vec::new(),
        costs: judged.build.fast.iter().map(|fast| fast.cost).collect(),
    })
}

fn confirm_due(
    session: &GradingSession<'_>,
    judged: &JudgedBuild<'_>,
    fast: &FastBuild,
) -> Result<MeasurementPlan, EarlyEnd> {
    let rubric = &session.grader.module.rubric;
    let timed = judged.timed(session);
    let entries = |settled: &dyn Fn(&TimedCase) -> Option<CaseResult>| {
        let entry = |case: &TimedCase| {
            let blockers = judged.blockers(case);
            if !blockers.is_empty() {
                return PlanEntry::settled(skipped(case, blockers, rubric));
            }
            settled(case).map_or(PlanEntry::Due(*case), PlanEntry::settled)
        };
        timed.iter().map(entry).collect()
    };
    match &fast.compiled {
        CompileOutcome::Failed(failure) => Ok(MeasurementPlan {
            entries: entries(&|case| Some(unbuilt(case, failure, rubric))),
            sides: None,
            problems: failure.problems.clone(),
            costs: vec![fast.cost],
        }),
        CompileOutcome::Driver { path, problems } => {
            let clock = StageClock::start();
            let second = SecondAnswers::of(session, judged, &fast.work)?;
            let baseline = session.grader.baseline()?;
            let settled = |case: &TimedCase| {
                let own = problems.iter().find(|one| one.task.as_deref() == Some(case.task));
                let without_kernel = own.map(|problem| {
                    unbuilt(case, &BuildFailure::of_code(vec![problem.clone()]), rubric)
                });
                without_kernel.or_else(|| second.spoilt(case, judged, rubric))
            };
            Ok(MeasurementPlan {
                entries: entries(&settled),
                sides: Some(TimedExecutables { baseline, submission: path.clone() }),
                problems: problems.clone(),
                costs: vec![fast.cost, clock.cost(GradingStage::Time, second.cpu)],
            })
        }
    }
}

/// The answers of the second build.
struct SecondAnswers {
    /// The cases that were asked again, or why the second build has no driver.
    runs: Result<Vec<CaseRun>, BuildFailure>,
    /// CPU time of compiling and asking.
    cpu: Duration,
}

impl SecondAnswers {
    /// `work` is the folder of the build for speed.
    fn of(
        session: &GradingSession<'_>,
        judged: &JudgedBuild<'_>,
        work: &Path,
    ) -> Result<Self, EarlyEnd> {
        let timed = judged.timed(session);
        let due: Vec<_> = timed.iter().filter(|case| judged.blockers(case).is_empty()).collect();
        let is_asked = |case: &&Case| {
            judged.passed(case.name) && due.iter().any(|timed| judged.rests_on(timed, case))
        };
        let cases = judged.suite.cases().iter();
        let names: BTreeSet<_> = cases.filter(is_asked).map(|case| case.name).collect();
        let compiler = session.grader.compiler();
        let missing = missing_tasks(&judged.build.problems);
        match compiler.driver_for_speed(work, &missing)? {
            CompileOutcome::Driver { path, .. } => {
                let second = ask_again(session, &path, judged.suite, &names)?;
                Ok(Self { runs: Ok(second.runs), cpu: compiler.spent() + second.cpu })
            }
            CompileOutcome::Failed(failure) => {
                Ok(Self { runs: Err(failure), cpu: compiler.spent() })
            }
        }
    }

    /// The result of a timed case that is not measured, as something that it rests on was right in the first build
    /// and is not in this one.
    fn spoilt(
        &self,
        timed: &TimedCase,
        judged: &JudgedBuild<'_>,
        rubric: &Rubric,
    ) -> Option<CaseResult> {
        let runs = match &self.runs {
            Ok(runs) => runs,
            Err(failure) => return Some(unbuilt(timed, failure, rubric)),
        };
        let rests_on = |run: &&CaseRun| {
            judged.suite.get(run.name).is_some_and(|case| judged.rests_on(timed, case))
        };
        let failure = runs.iter().filter(rests_on).find_map(|run| run.failure.clone())?;
        let result = result_of(timed.into(), Outcome::Undecided, rubric);
        Some(unlike_before(result, failure, &rubric.limits))
    }
}
