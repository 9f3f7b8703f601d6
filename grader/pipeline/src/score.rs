//! Stage 7: points, from outcomes and the rubric.

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
        outcome: overall(mine.iter().map(|case| case.outcome)),
        hint: task.hint.clone(),
        pending: if nothing_decided { task.points } else { 0.0 },
    }
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
    if all(&[Outcome::NotStarted, Outcome::Skipped]) {
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
mod tests {
    use super::*;
    use Outcome::{
        CompileError, Crashed, GraderFault, NotStarted, Partial, Pass, Skipped, WrongAnswer,
    };

    fn of(parts: &[Outcome]) -> Outcome {
        overall(parts.iter().copied())
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
