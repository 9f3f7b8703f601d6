//! Independent answers: plain loops in wide integers and `f64`, and values from `PyTorch` and ONNX Runtime.

pub mod affine;
pub mod dynamic;
#[allow(dead_code, reason = "the cases that compare with these values come next")]
pub mod few_bits;
pub mod half;
pub mod histogram;
pub mod layers;
pub mod model;
pub mod onnx_runtime;
