//! The outcome of a hidden case or of a whole submission.

use serde::{Deserialize, Serialize};

/// The outcome of a case or of a submission. A student's failure is one of these values, never an
/// `Err`. Only [`Outcome::GraderFault`] is the grader's failure, and it is never scored as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything was correct.
    Pass,
    /// Some of it was correct (whole submissions only).
    Partial,
    /// The code still contains `todo!()`.
    NotStarted,
    /// It does not compile, or a public signature is missing.
    CompileError,
    /// The code returned a wrong answer.
    WrongAnswer,
    /// Correct, but below the speed gate.
    TooSlow,
    /// The measurements were not sufficient for a decision; never a failure.
    Undecided,
    /// The process ended or the code panicked during the case.
    Crashed,
    /// No answer within the limit.
    TimedOut,
    /// The memory limit was reached.
    OutOfMemory,
    /// The submission tried something forbidden by the sandbox.
    Refused,
    /// A case that this one depends on did not pass.
    Skipped,
    /// The case was not run, because its task had used up its time.
    NotAsked,
    /// There is nothing to grade (whole submissions only): no points, but not a zero either.
    NotGraded,
    /// The grader failed. It must be fixed and the submission graded again.
    GraderFault,
}

impl Outcome {
    /// Every outcome, in the order used in reports.
    pub const ALL: [Self; 15] = [
        Self::Pass,
        Self::Partial,
        Self::NotStarted,
        Self::CompileError,
        Self::WrongAnswer,
        Self::TooSlow,
        Self::Undecided,
        Self::Crashed,
        Self::TimedOut,
        Self::OutOfMemory,
        Self::Refused,
        Self::Skipped,
        Self::NotAsked,
        Self::NotGraded,
        Self::GraderFault,
    ];

    /// The machine-readable name, as in JSON.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Partial => "partial",
            Self::NotStarted => "not_started",
            Self::CompileError => "compile_error",
            Self::WrongAnswer => "wrong_answer",
            Self::TooSlow => "too_slow",
            Self::Undecided => "undecided",
            Self::Crashed => "crashed",
            Self::TimedOut => "timed_out",
            Self::OutOfMemory => "out_of_memory",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
            Self::NotAsked => "not_asked",
            Self::NotGraded => "not_graded",
            Self::GraderFault => "grader_fault",
        }
    }

    /// The text shown in reports.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Pass => "passed",
            Self::Partial => "partly right",
            Self::NotStarted => "not started",
            Self::CompileError => "does not compile",
            Self::WrongAnswer => "wrong answer",
            Self::TooSlow => "too slow",
            Self::Undecided => "undecided",
            Self::Crashed => "crashed",
            Self::TimedOut => "timed out",
            Self::OutOfMemory => "out of memory",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
            Self::NotAsked => "not asked",
            Self::NotGraded => "not graded",
            Self::GraderFault => "grader fault",
        }
    }

    /// Whether the grader must be fixed before there can be a grade.
    pub const fn is_our_fault(self) -> bool {
        matches!(self, Self::GraderFault)
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_name_is_the_serialized_name() {
        for outcome in Outcome::ALL {
            let json = serde_json::to_string(&outcome).unwrap();
            assert_eq!(json, format!("\"{}\"", outcome.slug()));
        }
    }
}
