//! The hidden cases: one file per task or per part of one.

mod analysis;
mod attention;
mod attention_limits;
mod cache;
mod generate;
mod growth;
mod model;
mod prelude;
mod refusals;
mod sampling;
mod script;
mod turns;
mod window;
mod window_attention;

use grader_judge::Case;

/// All cases, in the order of the tasks.
pub fn all() -> Vec<Case> {
    [
        cache::CASES,
        refusals::CASES,
        window::CASES,
        window_attention::CASES,
        attention::CASES,
        attention_limits::CASES,
        model::CASES,
        turns::CASES,
        sampling::CASES,
        generate::CASES,
        analysis::CASES,
        growth::CASES,
    ]
    .concat()
}
