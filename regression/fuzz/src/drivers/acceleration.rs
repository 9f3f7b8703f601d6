//! The driver of `acceleration`, around its reference.

pub use acceleration_grading::contract;
#[path = "../../../../solutions/acceleration/grading/driver.rs"]
pub mod driver;
