//! Scoring stored results again: today's points, weights and texts on evidence that stays as it is.
//!
//! *Evidence* is how each case ended: what the submission did. *Scoring* is what that is worth: points,
//! weights, partial credit, visibility, titles, hints, which tasks count. A result's key holds evidence
//! alone, so a change of scoring finds the stored result and no code runs again.

use crate::cases::visibility;
use crate::grader::MeasureScope;
use crate::hash;
use crate::score::Score;
use crate::setup::ModuleSetup;
use crate::timing::{basis, looks_at};
use grader_course::config::{GateRubric, Rubric};
use grader_judge::Suite;
use grader_model::{CaseResult, Grade, Outcome, Remark, TimingClock, TimingResult};
use grader_timing::{Gate, GateVerdict, SpeedRatio};

/// What became of a stored grade.
#[derive(Clone, Debug, PartialEq)]
pub enum RescoreOutcome {
    /// The grade as today's rubric scores it.
    Scored(Box<Grade>),
    /// The stored evidence does not suffice: the submission has to be graded again. Holds the reason,
    /// in a sentence that students may read.
    GradeAgain(String),
}

impl RescoreOutcome {
    /// The grade to show: as today's rubric scores it, or `stored` with a remark that it is not.
    pub fn or_stored(self, stored: Grade) -> Grade {
        match self {
            Self::Scored(grade) => *grade,
            Self::GradeAgain(reason) => {
                let mut grade = stored;
                grade.notes.push(Remark::EarlierRubric { reason });
                grade
            }
        }
    }
}

/// Applies today's scoring to a stored grade. Pure: runs nothing, reads no file.
///
/// Cases that the rubric or the suite dropped are left out. A gate that has changed is compared with
/// the stored pairs. What `measuring` does not cover is not asked for.
///
/// # Cost
/// Linear in the number of cases, and in the pairs of measurements whose gate has changed.
pub fn rescore(grade: &Grade, module: &ModuleSetup, measuring: &MeasureScope) -> RescoreOutcome {
    rescore_with(grade, &module.rubric, &module.suite, measuring, module.due.as_deref())
}

fn rescore_with(
    grade: &Grade,
    rubric: &Rubric,
    suite: &Suite,
    measuring: &MeasureScope,
    due: Option<&str>,
) -> RescoreOutcome {
    let mut titled = grade.clone();
    titled.title.clone_from(&rubric.title);
    titled.max_points = rubric.points();
    titled.due = due.map(Into::into);
    titled.provenance.rubric_hash = rubric_hash(rubric);
    if grade.points.is_none() {
        return RescoreOutcome::Scored(Box::new(titled));
    }
    if grade.cases.is_empty() {
        // No case ran: the outcome of the whole is that of each task. Without tasks nothing was taken.
        let scored = if grade.tasks.is_empty() {
            titled
        } else {
            Score::of_unbuilt(rubric, suite, grade.outcome).applied_to(titled)
        };
        return RescoreOutcome::Scored(Box::new(scored));
    }
    match cases(grade, rubric, suite, measuring) {
        Ok(cases) => {
            let score = Score::of_cases(rubric, &cases, &grade.decisions);
            RescoreOutcome::Scored(Box::new(score.applied_to(Grade { cases, ..titled })))
        }
        Err(reason) => RescoreOutcome::GradeAgain(reason),
    }
}

/// The stored results of today's cases, with today's weights; or why they do not suffice.
fn cases(
    grade: &Grade,
    rubric: &Rubric,
    suite: &Suite,
    measuring: &MeasureScope,
) -> Result<Vec<CaseResult>, String> {
    let timed = |name: &str| suite.timed().iter().any(|case| case.name == name);
    let wanted = suite
        .names()
        .filter(|(task, _)| rubric.task(task).is_some())
        .filter(|(_, name)| !timed(name) || measuring.covers(name));
    // Where the instructions that it needs are missing, a timed case is not asked.
    let has_needs =
        |task, name| rubric.gate_of(task, name).is_some_and(|gate| gate.needs.is_some());
    let stored = |name: &str| grade.cases.iter().find(|case| case.name == name);
    wanted
        .filter(|&(task, name)| stored(name).is_some() || !has_needs(task, name))
        .map(|(task, name)| {
            let stored = stored(name);
            let stored = stored.ok_or_else(|| {
                format!("this work was not graded yet for a case that is new in task `{task}`")
            })?;
            scored_case(stored, task, rubric, suite)
        })
        .collect()
}

fn scored_case(
    stored: &CaseResult,
    task: &str,
    rubric: &Rubric,
    suite: &Suite,
) -> Result<CaseResult, String> {
    let mut case = stored.clone();
    case.task = task.into();
    case.weight = rubric.weight_of(task, &case.name);
    case.visibility = visibility(rubric.visibility_of(task, &case.name));
    let is_asked =
        |name: &str| suite.names().any(|(of, known)| known == name && rubric.task(of).is_some());
    case.blocked_by.retain(|parent| is_asked(parent));
    if case.outcome == Outcome::Skipped && case.blocked_by.is_empty() {
        return Err(format!(
            "this work was not graded yet for a case of task `{task}` that used to wait for another one"
        ));
    }
    match rubric.gate_of(task, &case.name) {
        Some(gate) => decided_again(case, gate),
        None => Ok(case),
    }
}

/// The stored measurement against today's gate.
fn decided_again(case: CaseResult, gate: &GateRubric) -> Result<CaseResult, String> {
    if case.timing.as_ref().is_none_or(|timing| timing.gate.to_bits() == gate.at_least.to_bits()) {
        return Ok(case);
    }
    let too_little = || {
        format!(
            "the gate of task `{}` has changed, and the stored measurement does not decide it",
            case.task
        )
    };
    let at_least = Gate::at_least(gate.at_least).ok_or_else(too_little)?;
    let last = looks_at(&case, at_least).pop().ok_or_else(too_little)?.decision;
    let outcome = match last.verdict {
        GateVerdict::Pass => Outcome::Pass,
        // By elapsed time a submission is too slow only if the course's own solution passes at the same
        // moment, and that was looked at for the old gate alone.
        GateVerdict::Fail if !is_elapsed(&case) || case.outcome == Outcome::TooSlow => {
            Outcome::TooSlow
        }
        GateVerdict::Fail | GateVerdict::Undecided => return Err(too_little()),
    };
    let SpeedRatio { estimate, low, high } = last.ratio;
    let basis = basis(last.basis);
    let timing = case.timing.map(|timing| TimingResult {
        gate: gate.at_least,
        estimate,
        low,
        high,
        basis,
        ..timing
    });
    Ok(CaseResult { timing, outcome, message: None, ..case })
}

fn is_elapsed(case: &CaseResult) -> bool {
    case.timing.as_ref().is_some_and(|timing| timing.clock == TimingClock::Wall)
}

/// Tells rubrics apart, as grades record it.
pub(crate) fn rubric_hash(rubric: &Rubric) -> String {
    hash::of_parts([("rubric", rubric.hash_material().as_bytes())])
}

#[cfg(test)]
#[path = "rescore_tests.rs"]
mod tests;
