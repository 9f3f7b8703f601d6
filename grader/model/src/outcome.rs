//! How one hidden case, or a whole submission, ended.

use serde::{Deserialize, Serialize};

/// The end of a case or of a submission. A student's failure is one of these values, never an
/// `Err`; only [`Outcome::GraderFault`] is ours, and it is never scored as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything asked for was right.
    Pass,
    /// Some of it was right (whole submissions only).
    Partial,
    /// The code still says `todo!()`.
    NotStarted,
    /// The compiler, or a missing public signature, stopped it.
    CompileError,
    /// The code answered, and the answer is wrong.
    WrongAnswer,
    /// Right, but below the speed gate.
    TooSlow,
    /// The measurements did not suffice to decide; never a fail.
    Undecided,
    /// The process ended, or the code panicked, in the middle of the case.
    Crashed,
    /// No answer within the limit.
    TimedOut,
    /// The memory limit was reached.
    OutOfMemory,
    /// The submission tried something that the sandbox forbids.
    Refused,
    /// A case that this one builds on did not pass.
    Skipped,
    /// The case was never asked, because its task had used up its time.
    NotAsked,
    /// There is nothing that could be graded (whole submissions only): no points, and no zero either.
    NotGraded,
    /// Our own fault: to be fixed and graded again.
    GraderFault,
}

impl Outcome {
    /// Every outcome, in the order in which reports list them.
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

    /// The machine name, as in JSON.
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

    /// Words for people.
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

    /// Whether we have to fix something before there is a grade at all.
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
