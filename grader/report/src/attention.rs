//! Which submissions somebody has to look at, and why.

use crate::words::{count, place};
use grader_model::{CaseResult, Grade, Outcome};

/// Why a submission needs a look, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The grader failed: find out why, and grade again.
    GraderFault,
    /// It does something that graded code may not do.
    Refused,
    /// It could not be taken, so it has no grade.
    NotGraded,
    /// It crashed, hung or ran out of memory.
    Suspicious,
    /// A measurement could not be decided.
    Undecided,
    /// It, or a part of it, does not compile.
    NotCompiling,
}

impl Reason {
    const ALL: [Self; 6] = [
        Self::GraderFault,
        Self::Refused,
        Self::NotGraded,
        Self::Suspicious,
        Self::Undecided,
        Self::NotCompiling,
    ];

    const fn covers(self, outcome: Outcome) -> bool {
        match self {
            Self::GraderFault => matches!(outcome, Outcome::GraderFault),
            Self::Refused => matches!(outcome, Outcome::Refused),
            Self::NotGraded => matches!(outcome, Outcome::NotGraded),
            Self::Suspicious => {
                matches!(outcome, Outcome::Crashed | Outcome::TimedOut | Outcome::OutOfMemory)
            }
            Self::Undecided => matches!(outcome, Outcome::Undecided),
            Self::NotCompiling => matches!(outcome, Outcome::CompileError),
        }
    }
}

/// One submission to look at. All texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    /// Why it is listed.
    pub reason: Reason,
    /// The outcome that put it here.
    pub outcome: Outcome,
    /// Whose it is.
    pub student: String,
    /// The row of the class table.
    pub row: usize,
    /// What happened, in one line.
    pub why: String,
    /// File and line in the student's code, when known.
    pub place: Option<String>,
}

/// The most urgent reason to look at one submission, from a cleaned grade.
pub(crate) fn look(row: usize, grade: &Grade) -> Option<Attention> {
    let reason = Reason::ALL.into_iter().find(|reason| applies(*reason, grade))?;
    let cases: Vec<_> = grade.cases.iter().filter(|case| reason.covers(case.outcome)).collect();
    let outcome = match cases.first() {
        _ if reason.covers(grade.outcome) => grade.outcome,
        Some(case) => case.outcome,
        None if reason == Reason::NotCompiling => Outcome::CompileError,
        None => Outcome::GraderFault,
    };
    let (why, place) = why(reason, grade, &cases);
    let student = grade.submission.student.clone();
    Some(Attention { reason, outcome, student, row, why: first_line(&why), place })
}

fn applies(reason: Reason, grade: &Grade) -> bool {
    reason.covers(grade.outcome)
        || grade.cases.iter().any(|case| reason.covers(case.outcome))
        || (reason == Reason::GraderFault && grade.fault.is_some())
        || (reason == Reason::NotCompiling && !grade.problems.is_empty())
}

fn why(reason: Reason, grade: &Grade, cases: &[&CaseResult]) -> (String, Option<String>) {
    if let (Reason::GraderFault, Some(fault)) = (reason, &grade.fault) {
        return (fault.for_instructor().clone(), None);
    }
    if let (Reason::NotCompiling, Some(problem)) = (reason, grade.problems.first()) {
        let task = problem.task.as_ref().map(|task| format!(" (only {task})")).unwrap_or_default();
        return (format!("{}{task}", problem.message), place(problem));
    }
    let Some(case) = cases.first() else {
        // Refused for something in the sources, or not taken at all.
        if let Some(problem) = grade.problems.first() {
            let why = format!("{}: {}", problem.message, first_line(&problem.explanation));
            return (why, place(problem));
        }
        let note = grade.notes.first().cloned();
        return (note.unwrap_or_else(|| "no more is known".into()), None);
    };
    let more = match cases.len() {
        1 => String::new(),
        n => format!(" (and {})", count(n - 1, "more case")),
    };
    // What happened says more than the name of the case; that is one command away.
    let message = case.message.as_deref().map(first_line).filter(|message| !message.is_empty());
    let what = message.unwrap_or_else(|| case.name.clone());
    (format!("{what}{more}"), case.location.clone())
}

/// The first line that says something.
pub(crate) fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}
