//! Task `blocked`: a product of blocks that fit into a cache.

use crate::{MatRef, Matrix, Result};

/// The product, block by block: C, A and B are cut into squares of `block` rows and columns (fewer at
/// the lower and the right edge), and the product is that of a matrix whose elements are blocks.
///
/// Three blocks of 64 x 64 take 48 KiB. They stay in a cache while 64 times as many operations are
/// done with them as they have elements; the plain loops have moved on to other rows by then. Inside
/// a block use the order of `matmul_reordered`: it still wants to be vectorized.
///
/// # Shapes
/// `[m, k] x [k, n]` to `[m, n]`. Any of them may be 0; none needs to be a multiple of `block`, and
/// `block` may be larger than all of them (up to [`usize::MAX`]).
///
/// # Errors
/// [`AccelError::BadBlock`](crate::AccelError::BadBlock) when `block` is 0, else
/// [`AccelError::ShapeMismatch`](crate::AccelError::ShapeMismatch), of `matmul_blocked`.
///
/// # Cost
/// 2 m k n FLOPs. Each block of B is read from memory once for each row of blocks of C, which is
/// m / block times, instead of m times.
pub fn matmul_blocked(a: MatRef<'_>, b: MatRef<'_>, block: usize) -> Result<Matrix> {
    let _ = (&a, &b, &block); // Not used yet: goes with the todo!.
    todo!("refuse blocks of 0, then loop over blocks, and inside of each over its rows")
}
