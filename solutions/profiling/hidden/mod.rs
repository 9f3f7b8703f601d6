//! The hidden cases of `profiling`: compiled into the grader, never shipped.
//!
//! `contract` says what can be asked, `cases` asks, `oracle` knows the answers from somewhere
//! else than the reference: `SciPy`, a counting execution, a model of the heap.

mod cases;
pub mod contract;
mod oracle;

/// Every hidden case, task by task.
pub fn cases() -> Vec<grader_judge::Case> {
    cases::all()
}
