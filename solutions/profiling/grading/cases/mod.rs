//! The hidden cases: one file per task or per part of one.

pub mod bottleneck;
pub mod compare;
pub mod context;
pub mod flops;
pub mod interaction;
pub mod measure;
pub mod memory;
pub mod models;
pub mod percentile;
pub mod prelude;
pub mod spans;
pub mod timer;
