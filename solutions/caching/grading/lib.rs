//! The grading crate of `caching`: the contract, the hidden cases, and the oracle that knows the answers. Never released.
//!
//! The oracle is independent of the reference: the whole model in f64 as plain loops, lists that grow by appending, and
//! the interval that a random draw falls into.

#[macro_use]
pub mod contract;
mod cases;
#[cfg(test)]
mod driver;
#[cfg(test)]
mod kernels;
mod oracle;
mod timed;

grader_judge::module! {
    slug: "caching",
    cases: [
        cache, refusals, window, window_attention, attention, attention_limits, model, turns, sampling, generate,
        analysis, growth,
    ],
    shared: [("solutions/data", course_data::SOURCES)],
    timed: timed::TIMED,
}
