//! The drivers of the references, built into this crate: what an honest driver answers.

pub mod acceleration;
pub mod caching;
pub mod compression;
pub mod profiling;
pub mod quantization;
