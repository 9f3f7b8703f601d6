//! The hidden cases: one file per task or per part of one.

pub mod conv;
pub mod conv_limits;
pub mod digits;
pub mod fold;
pub mod half;
pub mod half_tensor;
pub mod layers;
pub mod linear;
pub mod linear_limits;
pub mod model;
pub mod model_digits;
pub mod model_layers;
pub mod params;
pub mod pool;
pub mod prelude;
pub mod requantize;
