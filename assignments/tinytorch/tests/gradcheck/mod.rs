//! The gradient of each operation against central differences in f64, over
//! random shapes that include axes of length 0 and 1.

mod elementwise;
mod layout;
mod matmul;
mod reduce;
mod shapes;
mod softmax;
