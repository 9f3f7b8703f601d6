//! The hidden cases of `acceleration`: compiled into the grader, never released.
//!
//! `contract` defines the requests, `cases` makes them, and `oracle` computes the answers
//! independently of the reference: sums in f64 with the theoretical error bound, direct
//! convolution, and a byte count of simulated loops.

#![allow(
    clippy::many_single_char_names,
    reason = "m, k, n, i, j, p: as in every text on the subject"
)]

mod cases;
pub mod contract;
mod oracle;
pub mod timed;

/// All hidden cases, task by task.
pub fn cases() -> Vec<grader_judge::Case> {
    cases::all()
}
