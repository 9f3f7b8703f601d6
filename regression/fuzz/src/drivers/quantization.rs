//! The driver of `quantization`, around its reference.

pub use quantization_grading::contract;
#[path = "../../../../solutions/quantization/grading/driver/mod.rs"]
pub mod driver;
