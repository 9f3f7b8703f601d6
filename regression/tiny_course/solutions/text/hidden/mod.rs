//! The hidden cases of `text`.

mod cases;
mod contract;

use grader_judge::{Case, Module};

/// The module, as the grader of this course lists it.
pub const MODULE: Module = Module {
    slug: "text",
    cases,
    timed: &[],
    content: concat!(
        include_str!("contract.rs"),
        include_str!("cases/count.rs"),
        include_str!("cases/longest.rs")
    ),
    contract: include_str!("contract.rs"),
};

fn cases() -> Vec<Case> {
    [cases::count::CASES, cases::longest::CASES].concat()
}
