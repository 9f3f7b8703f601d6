//! The hidden cases: one file per task or per part of one.

pub mod conv;
pub mod conv_limits;
pub mod digits;
pub mod fold;
pub mod half;
pub mod half_tensor;
pub mod histogram;
pub mod int8;
pub mod layer_prelude;
pub mod linear;
pub mod linear_limits;
pub mod model;
pub mod model_digits;
pub mod model_layers;
pub mod observe;
pub mod packed_filters;
pub mod packed_layers;
pub mod packed_matrix;
pub mod params;
pub mod percentile;
pub mod pool;
pub mod prelude;
pub mod quantize;
pub mod quantized_tensor;
pub mod requantize;
pub mod tensor_params;
