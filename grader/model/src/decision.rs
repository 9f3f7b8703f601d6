//! What an instructor decided about a case that measurements left undecided.

use crate::CaseResult;
use serde::{Deserialize, Serialize};

/// What a case is worth by decision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseAward {
    /// As if it had passed.
    Full,
    /// As if it had failed.
    None,
    /// So many points of those that it can bring.
    Points(f64),
}

impl CaseAward {
    /// Words for people.
    pub fn words(self) -> String {
        match self {
            Self::Full => "full points".into(),
            Self::None => "no points".into(),
            // The number 1 alone has no plural.
            Self::Points(points) if points.to_bits() == 1.0_f64.to_bits() => "1 point".into(),
            Self::Points(points) => format!("{points} points"),
        }
    }
}

/// A decision in force, beside the grade of the hand-in that it is about. The attempt itself is never edited:
/// the grade that counts follows from both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseDecision {
    /// The case.
    pub case: String,
    /// What it is worth.
    pub award: CaseAward,
    /// Why. Untrusted text.
    pub reason: String,
    /// Whether the reason is kept from students.
    pub private: bool,
    /// Who decided, and on which machine. Untrusted text.
    pub decided_by: String,
    /// When: seconds since the Unix epoch.
    pub decided_at: i64,
    /// Whether it counts. It does not once a measurement has decided the case: what was measured wins.
    pub counts: bool,
    /// The part of the case's weight that is reached by it, from 0 to 1.
    pub share: f64,
}

impl CaseDecision {
    /// The one of `decisions` that counts for `case`.
    pub fn about<'a>(case: &CaseResult, decisions: &'a [Self]) -> Option<&'a Self> {
        decisions.iter().find(|decision| decision.counts && decision.case == case.name)
    }

    /// The person who decided, without the machine.
    pub fn person(&self) -> &str {
        self.decided_by.split(" on ").next().unwrap_or_default()
    }
}
