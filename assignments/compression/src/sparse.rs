//! Task `sparse`: products that skip the zeros.

mod blocks;
mod csr;
mod linear;

pub use blocks::{BlockSparseLinear, prune_blocks};
pub use csr::CsrMatrix;
pub use linear::SparseLinear;
