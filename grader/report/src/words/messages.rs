//! Sentences about outcomes, hand-ins, classes and decisions.

use super::format::{count, date, points};
use crate::class::ClassTotals;
use grader_model::student::StudentView;
use grader_model::{CaseAward, Outcome};

/// The meaning of an outcome for the student, and the next step.
pub(crate) const fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "Everything that was asked for is right.",
        Outcome::Partial => "Some of it is right. The rest is listed below.",
        Outcome::NotStarted => {
            "The code still says todo!(). Nothing is wrong: there is nothing to grade yet."
        }
        Outcome::CompileError => {
            "The compiler could not build it, or a public name or signature is missing, so these cases could not run. Fix the first problem listed; later ones often follow from it."
        }
        Outcome::WrongAnswer => "Your code returned an answer, but the answer is not right.",
        Outcome::TooSlow => "The answers are right, but not fast enough for this case.",
        Outcome::Undecided => {
            "The measurements did not decide it. That is never a fail: its points are pending until another measurement or an instructor decides."
        }
        Outcome::Crashed => "Your code panicked or ended the process before it answered.",
        Outcome::TimedOut => "Your code did not answer within the time limit.",
        Outcome::OutOfMemory => "Your code needed more memory than the limit allows.",
        Outcome::Refused => {
            "The code uses something that the grader does not allow. The remarks, or the note next to the case, say what it is and what to use instead."
        }
        Outcome::Skipped => {
            "This case builds on another one that did not pass, so it did not run. Fix that one first."
        }
        Outcome::NotAsked => {
            "This case did not run, because earlier cases of its task used up the task's time."
        }
        Outcome::NotGraded => {
            "There is no grade yet. That is not a zero. The remarks say what to hand in."
        }
        Outcome::GraderFault => {
            "The grader failed, not your code. No points are lost: your instructor must grade it again."
        }
    }
}

/// ` of 4 grades, 2 with another maximum left out`, beside a mean that does not cover all; else nothing.
pub(crate) fn mean_of(totals: &ClassTotals) -> String {
    match totals.other_maximum {
        0 => String::new(),
        others => format!(
            " of {}, {others} with another maximum left out",
            count(totals.graded - others, "grade")
        ),
    }
}

/// The sentence about pending points in the summary of a class; `None` if there are none.
pub(crate) fn of_pending(totals: &ClassTotals) -> Option<String> {
    if totals.pending == 0 {
        return None;
    }
    let whose = count(totals.pending, "submission");
    let has = if totals.pending == 1 { "has" } else { "have" };
    let mean = totals.mean_at_most.map(|mean| {
        let mean = points(mean);
        let max = points(totals.max_points);
        format!(
            " Mean and median count them as not reached; with all of them the mean is {mean} / {max}."
        )
    });
    Some(format!(
        "{whose} {has} {} points pending: no measurement has decided them, so they are neither won nor lost.{} \
         Grade again to decide them, or use `grader decide`.",
        points(totals.pending_points),
        mean.unwrap_or_default()
    ))
}

/// An instructor's decision, as the parts of a sentence.
pub(crate) struct DecisionWords<'a> {
    /// The case; `None` when it is not shown.
    pub(crate) case: Option<&'a str>,
    pub(crate) task: &'a str,
    pub(crate) award: CaseAward,
    pub(crate) decided_by: &'a str,
    pub(crate) decided_at: i64,
    pub(crate) reason: &'a str,
    pub(crate) counts: bool,
}

impl DecisionWords<'_> {
    /// ``Full points for `fast`, decided by instructor anna on 2026-11-30 15:04 UTC: seen by hand.``
    pub(crate) fn sentence(&self) -> String {
        let Self { task, decided_by, .. } = self;
        let what = self.case.map_or_else(
            || format!("a case of task `{task}` that is not shown"),
            |case| format!("`{case}`"),
        );
        let because = match self.reason.trim_end_matches('.') {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        let mut award = self.award.words();
        if let Some(first) = award.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let measured = if self.counts {
            ""
        } else {
            " This decision is no longer needed: a later measurement decided the case, and the measurement counts."
        };
        let when = date(self.decided_at);
        format!(
            "{award} for {what}, decided by instructor {decided_by} on {when}{because}.{measured}"
        )
    }
}

/// The words for a submission that the platform marks as late.
pub(crate) const LATE: &str = "late according to the platform";

/// The partners of a joint submission: `together with Ada and Bob`; `None` for work of one student.
pub(crate) fn together(partners: &[String]) -> Option<String> {
    let (last, front) = partners.split_last()?;
    let front = front.join(", ");
    Some(match front.as_str() {
        "" => format!("together with {last}"),
        front => format!("together with {front} and {last}"),
    })
}

/// Attempt, date, due date, lateness and partners, as far as they are known: `Attempt 2, graded 2026-11-30
/// 15:04 UTC`.
pub(crate) fn attempt(view: &StudentView) -> String {
    let recorded = view.recorded.map(|recorded| {
        format!("Attempt {}, graded {}", recorded.attempt, date(recorded.graded_at))
    });
    let due = view.due.as_ref().map(|day| format!("due {day}"));
    let late = view.late.then(|| LATE.to_owned());
    let together = together(&view.partners);
    let facts: Vec<String> = [recorded, due, late, together].into_iter().flatten().collect();
    let mut line = facts.join(", ");
    if let Some(first) = line.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    line
}

/// The heading of the conditions that differ between the grades of a class.
pub(crate) const MIXED: &str = "These grades were not made under the same conditions.";

/// The advice below it.
pub(crate) const MIXED_ADVICE: &str = "To grade everyone under today's conditions, run `grader grade` on \
    the whole class again. Only submissions graded under other conditions run again.";
