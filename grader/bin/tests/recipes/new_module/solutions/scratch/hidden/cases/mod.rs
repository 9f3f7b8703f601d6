//! The hidden cases, one file a task.

pub mod double;
