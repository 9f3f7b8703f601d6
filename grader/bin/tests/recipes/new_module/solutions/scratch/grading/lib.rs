//! The hidden side of `scratch`. Never released.

mod cases;
#[macro_use]
pub mod contract;
#[cfg(test)]
mod driver;

grader_judge::module! { slug: "scratch", cases: [double] }
