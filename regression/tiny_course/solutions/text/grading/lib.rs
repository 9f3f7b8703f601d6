//! The hidden side of `text`. Never released.

mod cases;
#[macro_use]
pub mod contract;
#[cfg(test)]
mod driver;

grader_judge::module! { slug: "text", cases: [count, longest] }
