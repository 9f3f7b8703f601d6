//! The colour and the sign of an outcome.

use grader_model::student::StudentCase;
use grader_model::{CaseAward, Outcome};

/// The meaning of a colour. A colour is never the only sign: words are beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Part,
    Bad,
    Alarm,
    Quiet,
}

impl Tone {
    /// Its class in the style sheet.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Part => "part",
            Self::Bad => "bad",
            Self::Alarm => "alarm",
            Self::Quiet => "quiet",
        }
    }

    /// A sign of one column's width.
    pub(crate) const fn sign(self, unicode: bool) -> &'static str {
        match (self, unicode) {
            (Self::Good, true) => "✓",
            (Self::Good, false) => "+",
            (Self::Part, true) => "◐",
            (Self::Part, false) => "~",
            (Self::Bad, true) => "✗",
            (Self::Bad, false) => "x",
            (Self::Alarm, _) => "!",
            (Self::Quiet, true) => "–",
            (Self::Quiet, false) => "-",
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

/// The sign of an outcome, of one column's width.
pub(crate) const fn sign(outcome: Outcome, unicode: bool) -> &'static str {
    tone(outcome).sign(unicode)
}

/// The label of a case: its outcome, or the instructor's decision about an undecided one.
pub(crate) struct CaseLabel {
    pub(crate) tone: Tone,
    pub(crate) words: String,
}

impl From<Outcome> for CaseLabel {
    fn from(outcome: Outcome) -> Self {
        Self { tone: tone(outcome), words: outcome.words().into() }
    }
}

impl From<CaseAward> for CaseLabel {
    fn from(award: CaseAward) -> Self {
        let tone = match award {
            CaseAward::Full => Tone::Good,
            CaseAward::Points(points) if points > 0.0 => Tone::Part,
            CaseAward::Points(_) | CaseAward::None => Tone::Bad,
        };
        Self { tone, words: format!("decided ({})", award.words()) }
    }
}

impl From<&StudentCase> for CaseLabel {
    fn from(case: &StudentCase) -> Self {
        case.decided.map_or_else(|| case.outcome.into(), Into::into)
    }
}
