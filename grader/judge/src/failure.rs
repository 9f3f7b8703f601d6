//! The reasons a case can fail.

use grader_model::{Hidden, Outcome};
use grader_protocol::CallFailure;

/// The result of a case: passed, or the reason it failed.
pub type CaseVerdict = Result<(), Failure>;

/// The reason a case did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The call returned no answer.
    Call(CallFailure),
    /// The answer is wrong.
    Wrong {
        /// For the student. Fixed text, so it cannot contain drawn or expected values.
        message: &'static str,
        /// For the instructor: inputs, expected and received values.
        detail: Hidden<String>,
    },
    /// The judge itself failed.
    Fault(String),
}

/// Maximum length of a detail in bytes. An answer may be a matrix of a million numbers.
const LONGEST_DETAIL: usize = 4 << 10;

/// A wrong answer: `message` is fixed text for the student, `detail` is for the instructor. The
/// detail is cut, because it is kept for every case of every submission.
pub fn wrong(message: &'static str, detail: impl std::fmt::Display) -> Failure {
    let whole = detail.to_string();
    let detail = if whole.len() > LONGEST_DETAIL {
        let begin = &whole[..whole.floor_char_boundary(LONGEST_DETAIL)];
        format!("{begin} [cut: {} bytes in all]", whole.len())
    } else {
        whole
    };
    Failure::Wrong { message, detail: Hidden::text(&detail) }
}

impl From<CallFailure> for Failure {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::Fault(what) => Self::Fault(what),
            other => Self::Call(other),
        }
    }
}

impl Failure {
    /// The outcome of a case with this failure.
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Wrong { .. } | Self::Call(CallFailure::Returned(_)) => Outcome::WrongAnswer,
            Self::Call(CallFailure::NotStarted { .. }) => Outcome::NotStarted,
            Self::Call(
                CallFailure::Panicked { .. }
                | CallFailure::Crashed { .. }
                | CallFailure::OverLimit { .. },
            ) => Outcome::Crashed,
            Self::Call(CallFailure::Unavailable { .. }) => Outcome::CompileError,
            Self::Call(CallFailure::TimedOut { .. } | CallFailure::CpuLimit { .. }) => {
                Outcome::TimedOut
            }
            Self::Call(CallFailure::NotAsked { .. }) => Outcome::NotAsked,
            Self::Call(CallFailure::OutOfMemory { .. }) => Outcome::OutOfMemory,
            Self::Call(CallFailure::Refused { .. } | CallFailure::BadReply { .. }) => {
                Outcome::Refused
            }
            Self::Fault(_) | Self::Call(CallFailure::Fault(_)) => Outcome::GraderFault,
        }
    }

    /// The message for the student: fixed text, or text from the student's own code.
    pub fn message(&self) -> String {
        match self {
            Self::Wrong { message, .. } => (*message).to_owned(),
            Self::Call(CallFailure::NotStarted { message, .. }) => message.clone(),
            Self::Call(failure) => failure.to_string(),
            Self::Fault(_) => "the grader failed in this case, not your code; your instructor sees the reason and can grade it again".to_owned(),
        }
    }

    /// File and line of the student's panic. `None` if it is in a library's file, which is no help
    /// to the student.
    pub fn location(&self) -> Option<&str> {
        match self {
            Self::Call(
                CallFailure::Panicked { location, .. } | CallFailure::NotStarted { location, .. },
            ) => location.as_deref().filter(|at| !at.starts_with('/')),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Regression test: every record of a wrong matrix contained all its numbers as text.
    #[test]
    fn a_detail_is_cut_at_a_character() {
        let Failure::Wrong { detail, .. } = wrong("m", "é".repeat(100_000)) else {
            unreachable!()
        };
        let detail = detail.for_instructor();
        assert!(detail.len() < LONGEST_DETAIL + 50, "{}", detail.len());
        assert!(detail.ends_with("[cut: 200000 bytes in all]"));
    }
}
