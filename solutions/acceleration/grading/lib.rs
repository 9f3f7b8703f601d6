//! The grading crate of `acceleration`: the contract, the hidden cases, and the oracle that knows the answers. Never released.

#![allow(
    clippy::many_single_char_names,
    reason = "m, k, n, i, j, p: as in every text on the subject"
)]

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
    slug: "acceleration",
    cases: [naive, reordered, blocked, tiled, parallel, columns, conv, backend, roofline],
    shared: [("solutions/data", course_data::SOURCES)],
    timed: timed::TIMED,
}
