//! Answers from elsewhere.

pub mod convolution;
pub mod product;
pub mod traffic;
