//! The gradient of each operation against central differences in f64, over
//! random shapes with empty axes and axes of length 1 among them.

#[path = "../common/mod.rs"]
mod common;
mod elementwise;
mod matmul;
#[allow(dead_code, reason = "the remaining operations will use all of it")]
mod shapes;
