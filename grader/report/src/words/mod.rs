//! Wording, the same in every format. One file per subject.

mod account;
mod format;
mod messages;
mod timing;
mod tone;

pub(crate) use account::{account, unseen};
pub(crate) use format::{count, number, pending, percent, place, points, ratio, score, share};
pub use format::{date, score_in_words};
pub(crate) use messages::{
    DecisionWords, LATE, MIXED, MIXED_ADVICE, attempt, mean_of, meaning, of_pending, together,
};
pub(crate) use timing::{timing, timing_in_short};
pub(crate) use tone::{CaseLabel, Tone, sign, tone};

#[cfg(test)]
mod tests;
