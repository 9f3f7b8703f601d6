//! The driver of `compression`, around its reference.

pub use compression_grading::contract;
#[path = "../../../../solutions/compression/grading/driver/mod.rs"]
pub mod driver;
