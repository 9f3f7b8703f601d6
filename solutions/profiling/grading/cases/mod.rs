//! The hidden cases: one file per task or per part of one.

mod bottleneck;
mod compare;
mod context;
mod flops;
mod interaction;
mod measure;
mod memory;
mod models;
mod percentile;
mod prelude;
mod spans;
mod timer;

use grader_judge::Case;

/// All cases, in the order of the tasks.
pub fn all() -> Vec<Case> {
    [
        percentile::CASES,
        timer::CASES,
        measure::CASES,
        memory::CASES,
        flops::CASES,
        models::CASES,
        context::CASES,
        spans::CASES,
        bottleneck::CASES,
        compare::CASES,
        interaction::CASES,
    ]
    .concat()
}
