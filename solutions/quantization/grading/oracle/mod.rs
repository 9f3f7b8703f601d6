//! Independent answers: plain loops in wide integers and `f64`, and values from PyTorch and ONNX Runtime.

pub mod affine;
pub mod half;
pub mod histogram;
pub mod layers;
#[allow(dead_code, reason = "the cases that compare with these values come next")]
pub mod values;
