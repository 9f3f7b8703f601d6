//! The hidden cases of `acceleration`: compiled into the grader, never shipped.
//!
//! `contract` says what can be asked, `cases` asks, `oracle` knows the answers from somewhere
//! else than the reference: sums in f64 with the error bound of the theory, direct convolution, a
//! count of the bytes that a simulated loop moves.

#![allow(
    clippy::many_single_char_names,
    reason = "m, k, n, i, j, p: as in every text on the subject"
)]

mod cases;
pub mod contract;
mod oracle;

/// Every hidden case, task by task.
pub fn cases() -> Vec<grader_judge::Case> {
    cases::all()
}
