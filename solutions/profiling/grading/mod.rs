//! The hidden cases of `profiling`: compiled into the grader, never released.
//!
//! `contract` defines the requests, `cases` makes them, and `oracle` computes the answers
//! independently of the reference: `SciPy`, a counting execution, and a model of the heap.

mod cases;
pub mod contract;
mod oracle;

/// All hidden cases, task by task.
pub fn cases() -> Vec<grader_judge::Case> {
    cases::all()
}
