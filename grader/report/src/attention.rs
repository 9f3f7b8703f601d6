//! The submissions that need an instructor's attention, and the reasons.

use crate::words::{count, place};
use grader_model::{AuditRefusal, CaseDecision, CaseResult, Grade, Outcome};

/// The reasons for attention, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttentionReason {
    /// The grader failed: find out why, and grade again.
    GraderFault,
    /// It does something that the grader does not allow.
    Refused,
    /// The call audit refused a function. A wrong refusal costs honest work its points, so each is checked.
    CallAudit,
    /// It could not be collected, so it has no grade.
    NotGraded,
    /// It crashed, hung or ran out of memory.
    Suspicious,
    /// No measurement has decided a case.
    Undecided,
    /// It, or a part of it, does not compile.
    NotCompiling,
}

impl AttentionReason {
    const ALL: [Self; 7] = [
        Self::GraderFault,
        Self::Refused,
        Self::CallAudit,
        Self::NotGraded,
        Self::Suspicious,
        Self::Undecided,
        Self::NotCompiling,
    ];

    const fn covers(self, outcome: Outcome) -> bool {
        match self {
            Self::GraderFault => matches!(outcome, Outcome::GraderFault),
            Self::Refused | Self::CallAudit => matches!(outcome, Outcome::Refused),
            Self::NotGraded => matches!(outcome, Outcome::NotGraded),
            Self::Suspicious => {
                matches!(outcome, Outcome::Crashed | Outcome::TimedOut | Outcome::OutOfMemory)
            }
            Self::Undecided => matches!(outcome, Outcome::Undecided),
            Self::NotCompiling => matches!(outcome, Outcome::CompileError),
        }
    }
}

/// One submission that needs attention. All texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionEntry {
    /// The reason.
    pub reason: AttentionReason,
    /// The outcome behind the reason.
    pub outcome: Outcome,
    /// The student.
    pub student: String,
    /// The row of the class table.
    pub row: usize,
    /// What happened, in one line.
    pub why: String,
    /// File and line in the student's code, when known.
    pub place: Option<String>,
}

/// The most urgent reason for attention, from a cleaned grade.
pub(crate) fn look(row: usize, grade: &Grade) -> Option<AttentionEntry> {
    let reason = AttentionReason::ALL.into_iter().find(|reason| applies(*reason, grade))?;
    let cases: Vec<_> = grade.cases.iter().filter(|case| is_reason(reason, grade, case)).collect();
    let outcome = match cases.first() {
        _ if reason.covers(grade.outcome) => grade.outcome,
        Some(case) => case.outcome,
        None if reason == AttentionReason::NotCompiling => Outcome::CompileError,
        None => Outcome::GraderFault,
    };
    let (why, place) = why(reason, grade, &cases);
    let student = grade.submission.student.clone();
    Some(AttentionEntry { reason, outcome, student, row, why: first_line(&why), place })
}

fn applies(reason: AttentionReason, grade: &Grade) -> bool {
    let audited = !grade.audit.is_empty();
    match reason {
        AttentionReason::CallAudit => return audited,
        AttentionReason::Refused if audited => {}
        _ if reason.covers(grade.outcome) => return true,
        _ => {}
    }
    grade.cases.iter().any(|case| is_reason(reason, grade, case))
        || (reason == AttentionReason::GraderFault && grade.fault.is_some())
        || (reason == AttentionReason::NotCompiling && !grade.problems.is_empty())
}

/// Whether a case is an example of the reason. A refusal by the call audit shows no intent, so it has its own reason.
fn is_reason(reason: AttentionReason, grade: &Grade, case: &CaseResult) -> bool {
    let audited = grade.audit.iter().any(|refusal| refusal.tasks.contains(&case.task));
    let fits = match reason {
        AttentionReason::Refused => !audited,
        AttentionReason::CallAudit => audited,
        _ => true,
    };
    let is_decided = reason == AttentionReason::Undecided
        && CaseDecision::about(case, &grade.decisions).is_some();
    fits && !is_decided && reason.covers(case.outcome)
}

/// The first refusal of the call audit, as the chain from the function to the library.
fn way(refusals: &[AuditRefusal]) -> Option<String> {
    let first = refusals.first()?;
    // The way begins with the function itself, unless its public name is another.
    let itself = first.way.first().is_some_and(|own| last(own) == last(&first.function));
    let between = &first.way[usize::from(itself)..];
    let more = match refusals.len() {
        1 => String::new(),
        n => format!(" (and {})", count(n - 1, "more function")),
    };
    let Some(target) = &first.leads_to else {
        let function = &first.function;
        return Some(format!("`{function}` is generic, so it cannot be traced{more}"));
    };
    let steps = std::iter::once(&first.function).chain(between).chain([target]);
    let steps: Vec<_> = steps.map(|step| format!("`{step}`")).collect();
    Some(format!("{}{more}", steps.join(", then ")))
}

/// The last part of a path.
fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

fn why(reason: AttentionReason, grade: &Grade, cases: &[&CaseResult]) -> (String, Option<String>) {
    if let (AttentionReason::GraderFault, Some(fault)) = (reason, &grade.fault) {
        return (fault.for_instructor().clone(), None);
    }
    if let (AttentionReason::CallAudit, Some(way)) = (reason, way(&grade.audit)) {
        return (format!("call audit: check that this is right: {way}"), None);
    }
    if let (AttentionReason::NotCompiling, Some(problem)) = (reason, grade.problems.first()) {
        let task = problem.task.as_ref().map(|task| format!(" (only {task})")).unwrap_or_default();
        return (format!("{}{task}", problem.message), place(problem));
    }
    let Some(case) = cases.first() else {
        // Refused because of its sources, or not collected at all.
        if let Some(problem) = grade.problems.first() {
            let why = format!("{}: {}", problem.message, first_line(&problem.explanation));
            return (why, place(problem));
        }
        let note = grade.notes.first().map(ToString::to_string);
        return (note.unwrap_or_else(|| "the record holds no reason".into()), None);
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

/// The first line that is not empty.
pub(crate) fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(way: &[&str], leads_to: Option<&str>) -> AuditRefusal {
        AuditRefusal {
            function: "Attention::forward".into(),
            tasks: vec!["attention".into()],
            way: way.iter().map(|&step| step.into()).collect(),
            leads_to: leads_to.map(Into::into),
            around: None,
        }
    }

    #[test]
    fn the_way_to_a_refused_call_is_shown_from_end_to_end() {
        let target = Some("lib::Layer::forward");
        let refusals =
            [refusal(&["Attention::forward", "help::scores"], target), refusal(&[], target)];
        assert_eq!(
            way(&refusals).as_deref(),
            Some(
                "`Attention::forward`, then `help::scores`, then `lib::Layer::forward` (and 1 more \
                 function)"
            )
        );
        assert_eq!(
            way(&refusals[1..]).as_deref(),
            Some("`Attention::forward`, then `lib::Layer::forward`")
        );
        assert_eq!(
            way(&[refusal(&[], None)]).as_deref(),
            Some("`Attention::forward` is generic, so it cannot be traced")
        );
        assert_eq!(way(&[]), None);
    }
}
