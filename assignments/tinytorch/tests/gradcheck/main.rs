//! The gradient of each operation against central differences in f64, over
//! random shapes with empty axes and axes of length 1 among them.

#[path = "../common/mod.rs"]
mod common;
mod elementwise;
mod layout;
mod matmul;
mod reduce;
mod shapes;
mod softmax;
