//! The hidden cases: one file per task or per part of one.

pub mod magnitude;
pub mod prelude;
