//! The hidden cases: one file per task or per part of one.

pub mod half;
pub mod half_tensor;
pub mod params;
pub mod prelude;
pub mod quantize;
pub mod quantized_tensor;
pub mod tensor_params;
