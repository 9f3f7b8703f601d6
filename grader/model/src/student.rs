//! The student's view of a grade. It is built only here.

use crate::{
    CaseAward, CaseDecision, CaseResult, CaseVisibility, CompileProblem, Grade, Outcome,
    RecordFacts, TaskScore, TimingResult,
};
use serde::Serialize;

/// A grade without hidden data. It has no field of type [`crate::Hidden`], and its construction
/// never converts one to a `String`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StudentView {
    /// The student's name as submitted. Untrusted text.
    pub student: String,
    /// The module's slug.
    pub module: String,
    /// The module's title.
    pub title: String,
    /// The outcome of the whole submission.
    pub outcome: Outcome,
    /// Points awarded; `None` if the grader failed.
    pub points: Option<f64>,
    /// Maximum points.
    pub max_points: f64,
    /// Points that undecided cases could still add: see [`TaskScore::pending`].
    pub pending: f64,
    /// The score and cases of each task.
    pub tasks: Vec<StudentTask>,
    /// Problems that prevented compilation.
    pub problems: Vec<CompileProblem>,
    /// Remarks.
    pub notes: Vec<String>,
    /// The sandbox level in which the code ran.
    pub sandbox: String,
    /// The version of the compiler.
    pub toolchain: String,
    /// Hash of the submission, for comparison.
    pub content_hash: String,
    /// The last day to submit, if there is one: `2026-11-30`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Whether the submission platform marked it as late.
    pub late: bool,
    /// The other students who submitted it jointly. Untrusted text.
    pub partners: Vec<String>,
    /// Number and date of the attempt; `None` if the grade is not in a gradebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<RecordFacts>,
    /// What instructors decided about undecided cases.
    pub decisions: Vec<StudentDecision>,
}

/// An instructor's decision as its student sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StudentDecision {
    /// The task of the case.
    pub task: String,
    /// The case; `None` when it is not shown.
    pub case: Option<String>,
    /// What it is worth by the decision.
    pub award: CaseAward,
    /// Who decided. Untrusted text.
    pub decided_by: String,
    /// When: seconds since the Unix epoch.
    pub decided_at: i64,
    /// Why, unless that is kept from students; may be empty. Untrusted text.
    pub reason: String,
    /// Whether it counts: it does not once a measurement has decided the case.
    pub counts: bool,
}

/// One task with the visible parts of its cases.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StudentTask {
    /// The score.
    #[serde(flatten)]
    pub score: TaskScore,
    /// The cases whose visibility allows it.
    pub cases: Vec<StudentCase>,
    /// Number of cases that count but are not shown.
    pub unseen: usize,
    /// Total weight of the unseen cases.
    pub unseen_weight: f64,
    /// The weights of all cases, shown or not. [`TaskScore::credit`] converts them to points.
    pub weights: TaskWeights,
}

/// The total weights of a task's cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct TaskWeights {
    /// Weight of the passed cases.
    pub passed: f64,
    /// Weight of the undecided cases.
    pub undecided: f64,
    /// Weight of all cases.
    pub total: f64,
}

/// One case as shown to a student.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StudentCase {
    /// Its name.
    pub name: String,
    /// Its claim; empty if its visibility does not allow it.
    pub claim: String,
    /// Its weight within the task.
    pub weight: f64,
    /// Its outcome by measurement.
    pub outcome: Outcome,
    /// An instructor's decision in force about an undecided outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<CaseAward>,
    /// The problem, if the case's visibility allows it.
    pub message: Option<String>,
    /// Where the student's code panicked.
    pub location: Option<String>,
    /// The parents whose failure caused it to be skipped; only those that are shown.
    pub blocked_by: Vec<String>,
    /// The measurement, if the case is about speed and its visibility allows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timing: Option<TimingResult>,
}

impl From<&Grade> for StudentView {
    fn from(grade: &Grade) -> Self {
        Self {
            student: grade.submission.student.clone(),
            module: grade.submission.module.clone(),
            title: grade.title.clone(),
            outcome: grade.outcome,
            points: grade.points,
            max_points: grade.max_points,
            pending: grade.pending(),
            tasks: grade.tasks.iter().map(|task| student_task(task, grade)).collect(),
            problems: grade.problems.clone(),
            notes: grade.remark_texts(),
            sandbox: grade.provenance.sandbox.clone(),
            toolchain: grade.provenance.toolchain.clone(),
            content_hash: grade.submission.content_hash.clone(),
            due: grade.due.clone(),
            late: grade.submission.late,
            partners: grade.submission.partners.clone(),
            recorded: grade.recorded,
            decisions: decisions(grade),
        }
    }
}

fn decisions(grade: &Grade) -> Vec<StudentDecision> {
    let one = |decision: &CaseDecision| {
        let case = grade.cases.iter().find(|case| case.name == decision.case)?;
        let is_shown = case.visibility != CaseVisibility::Nothing;
        Some(StudentDecision {
            task: case.task.clone(),
            case: is_shown.then(|| case.name.clone()),
            award: decision.award,
            decided_by: decision.person().into(),
            decided_at: decision.decided_at,
            reason: if decision.private { String::new() } else { decision.reason.clone() },
            counts: decision.counts,
        })
    };
    grade.decisions.iter().filter_map(one).collect()
}

fn student_task(score: &TaskScore, grade: &Grade) -> StudentTask {
    let cases = &grade.cases;
    let mine: Vec<_> = cases.iter().filter(|case| case.task == score.id).collect();
    let visible: Vec<_> = mine.iter().filter_map(|case| student_case(case, grade)).collect();
    let unseen: Vec<_> =
        mine.iter().filter(|case| case.visibility == CaseVisibility::Nothing).collect();
    StudentTask {
        score: score.clone(),
        cases: visible,
        unseen: unseen.len(),
        unseen_weight: unseen.iter().map(|case| case.weight).sum(),
        weights: weights(&mine, &grade.decisions),
    }
}

fn weights(cases: &[&CaseResult], decisions: &[CaseDecision]) -> TaskWeights {
    let mut weights = TaskWeights::default();
    for case in cases {
        weights.total += case.weight;
        match (CaseDecision::about(case, decisions), case.outcome) {
            (Some(decision), _) => weights.passed += decision.share * case.weight,
            (None, Outcome::Pass) => weights.passed += case.weight,
            (None, Outcome::Undecided) => weights.undecided += case.weight,
            (None, _) => {}
        }
    }
    weights
}

fn student_case(case: &CaseResult, grade: &Grade) -> Option<StudentCase> {
    let has_message = match case.visibility {
        CaseVisibility::Nothing => return None,
        CaseVisibility::Name => false,
        CaseVisibility::Message => true,
    };
    let visible = |name: &&String| {
        grade
            .cases
            .iter()
            .any(|other| other.name == **name && other.visibility != CaseVisibility::Nothing)
    };
    Some(StudentCase {
        name: case.name.clone(),
        claim: if has_message { case.claim.clone() } else { String::new() },
        weight: case.weight,
        outcome: case.outcome,
        decided: CaseDecision::about(case, &grade.decisions).map(|decision| decision.award),
        message: case.message.clone().filter(|_| has_message),
        location: case.location.clone().filter(|_| has_message),
        blocked_by: case.blocked_by.iter().filter(visible).cloned().collect(),
        timing: case.timing.clone().filter(|_| has_message),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hidden, Provenance, Submission};

    const CANARY: &str = "canary-4711";

    fn case(name: &str, visibility: CaseVisibility) -> CaseResult {
        CaseResult {
            name: name.into(),
            task: "timer".into(),
            claim: "a claim".into(),
            outcome: Outcome::WrongAnswer,
            message: Some("a message".into()),
            location: None,
            blocked_by: vec!["unseen".into()],
            detail: Some(Hidden::new(CANARY.into())),
            weight: 1.0,
            visibility,
            wall_seconds: 0.0,
            timing: None,
            timed_pairs: None,
        }
    }

    fn grade() -> Grade {
        Grade {
            submission: Submission {
                student: "ada".into(),
                module: "searching".into(),
                content_hash: "00".into(),
                ..Submission::default()
            },
            title: "Searching".into(),
            outcome: Outcome::Partial,
            points: Some(1.0),
            max_points: 2.0,
            tasks: vec![TaskScore {
                id: "timer".into(),
                title: "Timer".into(),
                points: 1.0,
                max_points: 2.0,
                passed: 0,
                cases: 3,
                outcome: Outcome::Partial,
                hint: String::new(),
                pending: 0.0,
                credit: None,
            }],
            cases: vec![
                case("told", CaseVisibility::Message),
                case("named", CaseVisibility::Name),
                case("unseen", CaseVisibility::Nothing),
            ],
            problems: vec![],
            notes: vec![],
            audit: vec![],
            decisions: vec![],
            fault: Some(Hidden::new(format!("{CANARY} inside the grader"))),
            costs: vec![],
            provenance: Provenance { seed: Hidden::new(987_654_321), ..Provenance::default() },
            due: None,
            recorded: None,
        }
    }

    #[test]
    fn hidden_values_and_the_seed_do_not_reach_the_student() {
        let json = serde_json::to_string(&StudentView::from(&grade())).unwrap();
        assert!(!json.contains(CANARY) && !json.contains("987654321"), "{json}");
        // Check that the instructor's record does contain them; otherwise the assertion above
        // proves nothing.
        let record = serde_json::to_string(&grade()).unwrap();
        assert!(record.contains(CANARY) && record.contains("987654321"));
    }

    #[test]
    fn visibility_decides_what_is_told() {
        let view = StudentView::from(&grade());
        let task = &view.tasks[0];
        assert_eq!(task.cases.len(), 2);
        assert_eq!((task.unseen, task.unseen_weight.to_bits()), (1, 1.0_f64.to_bits()));
        assert_eq!(task.weights, TaskWeights { passed: 0.0, undecided: 0.0, total: 3.0 });
        assert_eq!(task.cases[0].message.as_deref(), Some("a message"));
        assert_eq!(task.cases[1].message, None);
        assert!(task.cases[0].blocked_by.is_empty(), "names of unseen cases stay unseen");
    }
}
