//! The hidden cases of `scratch`.

mod cases;
pub mod contract;

/// Every hidden case.
pub fn cases() -> Vec<grader_judge::Case> {
    cases::double::CASES.to_vec()
}
