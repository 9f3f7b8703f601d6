//! The driver of `acceleration`, around its reference.

pub use acceleration_grading::contract;
#[path = "../../../../solutions/acceleration/grading/driver/mod.rs"]
pub mod driver;
