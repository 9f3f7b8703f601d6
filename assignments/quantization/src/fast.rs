//! Task `fast`: sums of products of bytes, on vectors.
//!
//! Your kernels are functions of a vector type, compiled for each kind of processor: see [`tinytorch::simd`], which shows
//! the row of a product. You write `linear.rs` and `conv.rs`; the other files of this folder are there to be filled with
//! what both need:
//!
//! | file | for |
//! |---|---|
//! | `panels.rs` | weights in the order in which the kernel reads them |
//! | `tile.rs` | the innermost loop: a small rectangle of sums that stays in registers |
//! | `product.rs`, `correlation.rs` | the loops around it, of the linear layer and of the convolution |
//! | `range.rs`, `encode.rs` | from `f32` to bytes |
//! | `finish.rs` | from sums to results |

mod conv;
mod correlation;
mod encode;
mod finish;
mod linear;
mod panels;
mod product;
mod range;
mod tile;

pub use conv::{Int8Conv2d, PackedFilters};
pub use linear::{Int8Linear, PackedMatrix};
