//! Task `fast`: sums of products of bytes, on vectors.

mod conv;
mod linear;

pub use conv::{Int8Conv2d, PackedFilters};
pub use linear::{Int8Linear, PackedMatrix};
