//! The hidden cases of `caching`: compiled into the grader, never released.
//!
//! `contract` defines the requests, `cases` makes them, and `oracle` computes the answers independently of
//! the reference: the whole model in f64 as plain loops, lists that grow by appending, and the interval
//! that a random draw falls into.

mod cases;
pub mod contract;
mod oracle;
pub mod timed;

/// All hidden cases, task by task.
pub fn cases() -> Vec<grader_judge::Case> {
    cases::all()
}
