//! The hidden cases: one file per task or per part of one.

pub mod choose;
pub mod conv;
pub mod conv_limits;
pub mod digits;
pub mod fake;
pub mod half;
pub mod half_tensor;
pub mod histogram;
pub mod layers;
pub mod linear;
pub mod linear_limits;
pub mod nets;
pub mod observe;
pub mod packed;
pub mod params;
pub mod percentile;
pub mod prelude;
pub mod quantize;
pub mod quantized_tensor;
pub mod requantize;
pub mod search;
pub mod sensitivity;
pub mod stored;
pub mod tensor_params;
pub mod tune;
