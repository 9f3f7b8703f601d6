//! Independent answers: plain loops in wide integers and `f64`, and values from PyTorch and ONNX Runtime.

pub mod layers;
pub mod affine;
pub mod half;
pub mod histogram;
