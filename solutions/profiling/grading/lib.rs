//! The grading crate of `profiling`: the contract, the hidden cases, and the oracle that knows the answers. Never released.

#[macro_use]
pub mod contract;
mod cases;
#[cfg(test)]
mod driver;
mod oracle;

grader_judge::module! {
    slug: "profiling",
    cases: [
        percentile, timer, measure, memory, flops, models, context, spans, bottleneck, compare, interaction,
    ],
    stand_ins: ("tinytorch::clock::Clock", "tinytorch::clock::ManualClock"),
}
