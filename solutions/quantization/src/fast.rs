//! Task `fast`: sums of products of bytes, on vectors.

mod conv;
mod correlation;
mod encode;
mod finish;
mod linear;
mod panels;
mod product;
mod tile;

pub use conv::{Int8Conv2d, PackedFilters};
pub use linear::{Int8Linear, PackedMatrix};
