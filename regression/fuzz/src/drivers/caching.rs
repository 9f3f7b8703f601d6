//! The driver of `caching`, around its reference.

pub use caching_grading::contract;
#[path = "../../../../solutions/caching/grading/driver/mod.rs"]
pub mod driver;
