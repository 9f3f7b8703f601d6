//! The hidden cases of `caching`: compiled into the grader, never shipped.
//!
//! `contract` says what can be asked, `cases` asks, `oracle` knows the answers from somewhere else than
//! the reference: the whole model in f64 as plain loops, lists that are appended to, shares of an interval
//! that a draw falls into.

mod cases;
pub mod contract;
mod oracle;
pub mod timed;

/// Every hidden case, task by task.
pub fn cases() -> Vec<grader_judge::Case> {
    cases::all()
}
