//! The hidden cases: one file per task or per part of one.

mod backend;
mod blocked;
mod columns;
mod conv;
mod naive;
mod parallel;
mod prelude;
mod reordered;
mod roofline;
mod rungs;
mod tiled;

use grader_judge::Case;

/// All cases, in the order of the tasks.
pub fn all() -> Vec<Case> {
    [
        naive::CASES,
        reordered::CASES,
        blocked::CASES,
        tiled::CASES,
        parallel::CASES,
        columns::CASES,
        conv::CASES,
        backend::CASES,
        roofline::CASES,
    ]
    .concat()
}
