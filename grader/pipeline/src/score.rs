//! Stage 7: points, from outcomes and the rubric.

use crate::rescore;
use grader_course::config::{Rubric, TaskRubric};
use grader_model::{CaseResult, Outcome, TaskScore};

/// The score of every task.
pub fn tasks(rubric: &Rubric, cases: &[CaseResult]) -> Vec<TaskScore> {
    rubric.tasks.iter().map(|task| score(task, cases)).collect()
}

fn score(task: &TaskRubric, cases: &[CaseResult]) -> TaskScore {
    let mine: Vec<&CaseResult> = cases.iter().filter(|case| case.task == task.id).collect();
    let passed = || mine.iter().filter(|case| case.outcome == Outcome::Pass);
    // What could not be decided is neither won nor lost.
    let decided = mine.iter().filter(|case| case.outcome != Outcome::Undecided);
    let total: f64 = decided.map(|case| case.weight).sum();
    let reached: f64 = passed().map(|case| case.weight).sum();
    let points = task.points * task.partial.fraction(reached, total);
    let nothing_decided = !mine.is_empty() && total <= 0.0;
    TaskScore {
        id: task.id.clone(),
        title: task.title.clone(),
        // Two decimals: what gradebooks compare at.
        points: (points * 100.0).round() / 100.0,
        max_points: task.points,
        passed: passed().count(),
        cases: mine.len(),
        outcome: overall(word_of(&mine)),
        hint: task.hint.clone(),
        pending: if nothing_decided { task.points } else { 0.0 },
        credit: Some(rescore::credit(&task.partial)),
    }
}

/// The outcomes that a task's own is made of: those that are not decided say nothing beside others.
fn word_of(cases: &[&CaseResult]) -> Vec<Outcome> {
    let all = || cases.iter().map(|case| case.outcome);
    let decided: Vec<_> = all().filter(|outcome| *outcome != Outcome::Undecided).collect();
    if decided.is_empty() { all().collect() } else { decided }
}

/// The outcome of a whole, from those of its parts.
///
/// A fault of ours comes first, because there is no grade then. With nothing passed the parts'
/// own word is kept: the gravest if they differ, but "not started" only if that is all there is.
pub fn overall(parts: impl IntoIterator<Item = Outcome>) -> Outcome {
    let parts: Vec<Outcome> = parts.into_iter().collect();
    let any = |outcome| parts.contains(&outcome);
    let all = |allowed: &[Outcome]| parts.iter().all(|part| allowed.contains(part));
    if any(Outcome::GraderFault) {
        return Outcome::GraderFault;
    }
    if all(&[Outcome::Pass]) {
        return Outcome::Pass;
    }
    if all(&[Outcome::Pass, Outcome::Undecided]) {
        return Outcome::Undecided;
    }
    if all(&[Outcome::NotStarted, Outcome::Skipped, Outcome::NotAsked]) {
        return Outcome::NotStarted;
    }
    if any(Outcome::Pass) || any(Outcome::Partial) {
        return Outcome::Partial;
    }
    GRAVEST_FIRST.into_iter().find(|outcome| any(*outcome)).unwrap_or(Outcome::WrongAnswer)
}

const GRAVEST_FIRST: [Outcome; 8] = [
    Outcome::Refused,
    Outcome::CompileError,
    Outcome::OutOfMemory,
    Outcome::TimedOut,
    Outcome::Crashed,
    Outcome::WrongAnswer,
    Outcome::TooSlow,
    Outcome::Undecided,
];

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these points are exact")]
mod tests {
    use super::*;
    use Outcome::{
        CompileError, Crashed, GraderFault, NotStarted, Partial, Pass, Skipped, WrongAnswer,
    };

    fn of(parts: &[Outcome]) -> Outcome {
        overall(parts.iter().copied())
    }

    fn case(outcome: Outcome, weight: f64) -> CaseResult {
        CaseResult {
            name: "case".into(),
            task: "one".into(),
            claim: String::new(),
            outcome,
            message: None,
            location: None,
            blocked_by: Vec::new(),
            detail: None,
            weight,
            visibility: grader_model::Visibility::Message,
            wall_seconds: 0.0,
            timing: None,
            timed_pairs: None,
        }
    }

    fn scored(cases: &[CaseResult]) -> TaskScore {
        let task = TaskRubric {
            id: "one".into(),
            title: String::new(),
            points: 10.0,
            file: "src/one.rs".into(),
            partial: grader_course::config::PartialCredit::Proportional,
            hint: String::new(),
            cases: std::collections::BTreeMap::new(),
            gates: std::collections::BTreeMap::new(),
        };
        score(&task, cases)
    }

    #[test]
    fn what_could_not_be_decided_is_neither_won_nor_lost() {
        let undecided = case(Outcome::Undecided, 5.0);
        let with = scored(&[case(Pass, 1.0), case(WrongAnswer, 1.0), undecided.clone()]);
        assert_eq!((with.points, with.pending, with.outcome), (5.0, 0.0, Partial));
        let right = scored(&[case(Pass, 1.0), undecided]);
        assert_eq!((right.points, right.pending, right.outcome), (10.0, 0.0, Pass));
    }

    #[test]
    fn a_task_of_which_nothing_was_decided_is_pending_and_no_zero() {
        let task = scored(&[case(Outcome::Undecided, 5.0)]);
        assert_eq!((task.points, task.pending, task.outcome), (0.0, 10.0, Outcome::Undecided));
        assert_eq!(scored(&[]).pending, 0.0);
        assert_eq!(of(&[Pass, Outcome::Undecided]), Outcome::Undecided);
    }

    #[test]
    fn a_stub_is_not_started_even_where_cases_were_skipped() {
        assert_eq!(of(&[NotStarted, Skipped, NotStarted]), NotStarted);
    }

    #[test]
    fn something_right_is_partial() {
        assert_eq!(of(&[Pass, WrongAnswer]), Partial);
        assert_eq!(of(&[Pass, NotStarted]), Partial);
    }

    #[test]
    fn our_fault_is_never_hidden_by_passes() {
        assert_eq!(of(&[Pass, GraderFault]), GraderFault);
    }

    #[test]
    fn the_gravest_word_is_kept_when_nothing_is_right() {
        assert_eq!(of(&[WrongAnswer, Crashed, Skipped]), Crashed);
        assert_eq!(of(&[NotStarted, CompileError]), CompileError);
    }
}
