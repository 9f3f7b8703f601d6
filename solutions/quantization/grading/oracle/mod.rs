//! Independent answers: plain loops in wide integers and `f64`, and values from PyTorch and ONNX Runtime.

pub mod affine;
pub mod few_bits;
pub mod half;
pub mod histogram;
pub mod layers;
pub mod networks;
pub mod values;
