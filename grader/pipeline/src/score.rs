//! Stage 7: points, from outcomes and the rubric.

use crate::fault::Fault;
use grader_course::config::{PartialCredit, PartialStep, Rubric, TaskRubric};
use grader_judge::Suite;
use grader_model::{
    CaseDecision, CaseResult, CreditRule, CreditStep, Grade, Hidden, Outcome, TaskScore,
};

/// The score of a submission.
#[derive(Clone, Debug)]
pub struct Score {
    /// The outcome of the whole submission.
    pub outcome: Outcome,
    /// Points awarded; `None` if there is no grade, which is not a zero.
    pub points: Option<f64>,
    /// The score of every task.
    pub tasks: Vec<TaskScore>,
    /// The fault of ours, if any.
    pub fault: Option<Hidden<String>>,
}

impl Score {
    /// Points, tasks and outcome from the cases, with the decisions about undecided ones. A fault of ours leaves no
    /// points.
    pub fn of_cases(rubric: &Rubric, cases: &[CaseResult], decisions: &[CaseDecision]) -> Self {
        let tasks = tasks(rubric, cases, decisions);
        // A task for practice is shown, and counts nothing; our fault in it is still our fault.
        let counts =
            |task: &&TaskScore| task.max_points > 0.0 || task.outcome == Outcome::GraderFault;
        let outcome = overall(tasks.iter().filter(counts).map(|task| task.outcome));
        if outcome == Outcome::GraderFault {
            let broken = cases.iter().find(|case| case.outcome == Outcome::GraderFault);
            let fault = broken.and_then(|case| case.detail.clone());
            return Self { outcome, points: None, tasks, fault };
        }
        let points: f64 = tasks.iter().map(|task| task.points).sum();
        Self { outcome, points: Some(two_decimals(points)), tasks, fault: None }
    }

    /// The score of a submission that could not be run at all: its outcome is that of each task.
    pub fn of_unbuilt(rubric: &Rubric, suite: &Suite, outcome: Outcome) -> Self {
        let task = |task: TaskScore| {
            let cases = suite.names().filter(|(of, _)| *of == task.id).count();
            TaskScore { outcome, cases, ..task }
        };
        let tasks = tasks(rubric, &[], &[]).into_iter().map(task).collect();
        Self { outcome, points: Some(0.0), tasks, fault: None }
    }

    /// No score: nothing was built, so nothing shows what the submission was meant for.
    pub const fn not_graded() -> Self {
        Self { outcome: Outcome::NotGraded, points: None, tasks: Vec::new(), fault: None }
    }

    /// No score: the grader failed.
    pub fn of_fault(fault: &Fault) -> Self {
        let fault = Some(Hidden::text(&fault.to_string()));
        Self { outcome: Outcome::GraderFault, points: None, tasks: Vec::new(), fault }
    }

    /// `grade` with this score.
    pub fn applied_to(self, grade: Grade) -> Grade {
        let Self { outcome, points, tasks, fault } = self;
        Grade { outcome, points, tasks, fault, ..grade }
    }
}

/// The score of every task, with what instructors decided about undecided cases.
fn tasks(rubric: &Rubric, cases: &[CaseResult], decisions: &[CaseDecision]) -> Vec<TaskScore> {
    rubric.tasks.iter().map(|task| score(task, cases, decisions)).collect()
}

/// The rule of partial credit, as grades record it.
fn credit(partial: &PartialCredit) -> CreditRule {
    match partial {
        PartialCredit::Proportional => CreditRule::Proportional,
        PartialCredit::AllOrNothing => CreditRule::AllOrNothing,
        PartialCredit::Steps(steps) => {
            let step =
                |step: &PartialStep| CreditStep { percent: step.percent, fraction: step.fraction };
            CreditRule::Steps(steps.iter().map(step).collect())
        }
    }
}

/// What one case counts, by measurement or by decision.
struct CaseCredit {
    outcome: Outcome,
    /// The weight that is reached.
    reached: f64,
    /// The weight that is neither reached nor lost.
    open: f64,
}

impl CaseCredit {
    fn new(case: &CaseResult, decisions: &[CaseDecision]) -> Self {
        let weight = case.weight;
        let Some(decision) = CaseDecision::about(case, decisions) else {
            let of = |outcome| if case.outcome == outcome { weight } else { 0.0 };
            let (reached, open) = (of(Outcome::Pass), of(Outcome::Undecided));
            return Self { outcome: case.outcome, reached, open };
        };
        let outcome = match decision.share {
            all if all >= 1.0 => Outcome::Pass,
            some if some > 0.0 => Outcome::Partial,
            _ => Outcome::TooSlow,
        };
        Self { outcome, reached: decision.share * weight, open: 0.0 }
    }
}

fn score(task: &TaskRubric, cases: &[CaseResult], decisions: &[CaseDecision]) -> TaskScore {
    let mine: Vec<&CaseResult> = cases.iter().filter(|case| case.task == task.id).collect();
    let total: f64 = mine.iter().map(|case| case.weight).sum();
    let counted: Vec<_> = mine.iter().map(|case| CaseCredit::new(case, decisions)).collect();
    let reached: f64 = counted.iter().map(|case| case.reached).sum();
    let open: f64 = counted.iter().map(|case| case.open).sum();
    let points_for =
        |reached: f64| two_decimals(task.points * task.partial.fraction(reached, total));
    let points = points_for(reached);
    TaskScore {
        id: task.id.clone(),
        title: task.title.clone(),
        points,
        max_points: task.points,
        passed: counted.iter().filter(|case| case.outcome == Outcome::Pass).count(),
        cases: mine.len(),
        outcome: overall(counted.iter().map(|case| case.outcome)),
        hint: task.hint.clone(),
        // What is undecided is neither won nor lost: these points are the ones it could still bring.
        pending: two_decimals(points_for(reached + open) - points),
        credit: Some(credit(&task.partial)),
    }
}

/// Points with the precision at which gradebooks compare them.
fn two_decimals(points: f64) -> f64 {
    (points * 100.0).round() / 100.0
}

/// The outcome of a whole, from those of its parts.
///
/// A fault of ours comes first, because there is no grade then. If no part has passed, the whole has the gravest
/// outcome among the parts; it is "not started" only if every part is not started or skipped. The whole is not passed
/// while a part is undecided. A part that was not asked had no time left, so it counts as timed out.
pub fn overall(parts: impl IntoIterator<Item = Outcome>) -> Outcome {
    let word = |part| if part == Outcome::NotAsked { Outcome::TimedOut } else { part };
    let parts: Vec<Outcome> = parts.into_iter().map(word).collect();
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
#[expect(clippy::float_cmp, reason = "these points are exact")]
mod tests {
    use super::*;
    use Outcome::{
        CompileError, Crashed, GraderFault, NotStarted, Partial, Pass, Skipped, WrongAnswer,
    };
    use grader_course::config::PartialCredit;

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
            visibility: grader_model::CaseVisibility::Message,
            wall_seconds: 0.0,
            timing: None,
            timed_pairs: None,
        }
    }

    fn scored(cases: &[CaseResult]) -> TaskScore {
        score(&task(), cases, &[])
    }

    fn task() -> TaskRubric {
        TaskRubric {
            id: "one".into(),
            number: 1,
            title: String::new(),
            points: 10.0,
            files: vec!["src/one.rs".into()],
            task_seconds: None,
            needs: Vec::new(),
            partial: PartialCredit::Proportional,
            hint: String::new(),
            cases: std::collections::BTreeMap::new(),
            gates: std::collections::BTreeMap::new(),
        }
    }

    /// Undecided cases were once left out of their task: who made a measurement undecided had full marks.
    #[test]
    fn what_could_not_be_decided_is_neither_won_nor_lost() {
        let undecided = case(Outcome::Undecided, 2.0);
        let with = scored(&[case(Pass, 1.0), case(WrongAnswer, 1.0), undecided.clone()]);
        assert_eq!((with.points, with.pending, with.outcome), (2.5, 5.0, Partial));
        let right = scored(&[case(Pass, 3.0), undecided.clone()]);
        assert_eq!((right.points, right.pending, right.outcome), (6.0, 4.0, Outcome::Undecided));
        let wrong = scored(&[case(WrongAnswer, 3.0), undecided]);
        assert_eq!((wrong.points, wrong.pending, wrong.outcome), (0.0, 4.0, WrongAnswer));
    }

    #[test]
    fn a_task_of_which_nothing_was_decided_is_pending_and_no_zero() {
        let task = scored(&[case(Outcome::Undecided, 5.0)]);
        assert_eq!((task.points, task.pending, task.outcome), (0.0, 10.0, Outcome::Undecided));
        assert_eq!(scored(&[]).pending, 0.0);
        assert_eq!(of(&[Pass, Outcome::Undecided]), Outcome::Undecided);
    }

    #[test]
    fn points_and_pending_are_what_can_still_be_reached_in_steps_too() {
        let cases = [case(Pass, 1.0), case(Pass, 1.0), case(Outcome::Undecided, 1.0)];
        let with = |partial| score(&TaskRubric { partial, ..task() }, &cases, &[]);
        let whole = with(PartialCredit::AllOrNothing);
        assert_eq!((whole.points, whole.pending), (0.0, 10.0));
    }

    #[test]
    fn a_task_whose_time_was_used_up_is_timed_out_and_no_stub() {
        assert_eq!(of(&[Outcome::NotAsked, Skipped]), Outcome::TimedOut);
        assert_eq!(of(&[WrongAnswer, Outcome::NotAsked]), Outcome::TimedOut);
        assert_eq!(of(&[Pass, Outcome::NotAsked]), Partial);
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
