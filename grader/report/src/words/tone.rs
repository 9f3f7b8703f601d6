//! The colour and the sign of an outcome.

use grader_model::Outcome;

/// What colour a thing has, where there are colours. Never the only sign: a word is beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Part,
    Bad,
    Alarm,
    Quiet,
}

impl Tone {
    /// The class of it in our style sheet.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Part => "part",
            Self::Bad => "bad",
            Self::Alarm => "alarm",
            Self::Quiet => "quiet",
        }
    }
}

pub(crate) const fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Pass => Tone::Good,
        Outcome::Partial | Outcome::Undecided => Tone::Part,
        Outcome::NotStarted | Outcome::Skipped | Outcome::NotAsked => Tone::Quiet,
        Outcome::Refused | Outcome::NotGraded | Outcome::GraderFault => Tone::Alarm,
        Outcome::CompileError
        | Outcome::WrongAnswer
        | Outcome::TooSlow
        | Outcome::Crashed
        | Outcome::TimedOut
        | Outcome::OutOfMemory => Tone::Bad,
    }
}

/// A sign of one column's width.
pub(crate) const fn sign(outcome: Outcome, unicode: bool) -> &'static str {
    match (tone(outcome), unicode) {
        (Tone::Good, true) => "✓",
        (Tone::Good, false) => "+",
        (Tone::Part, true) => "◐",
        (Tone::Part, false) => "~",
        (Tone::Bad, true) => "✗",
        (Tone::Bad, false) => "x",
        (Tone::Alarm, _) => "!",
        (Tone::Quiet, true) => "–",
        (Tone::Quiet, false) => "-",
    }
}
