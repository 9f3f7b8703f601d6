//! The hidden cases: one file per task.

pub mod double;
