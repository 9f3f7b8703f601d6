//! Task `blocked`: a matrix product in blocks that fit into a cache.

use crate::{MatRef, Matrix, Result};

/// The product, block by block: C, A and B are cut into squares of `block` rows and columns (smaller
/// ones at the bottom and right edges), and the product is computed as if the blocks were elements.
///
/// Three blocks of 64 x 64 take 48 KiB. They stay in a cache while 64 multiply-accumulates are done
/// per element of a block; the plain loops would have moved on to other rows by then. Inside a block,
/// use the loop order of `matmul_reordered`, so that the compiler can still vectorize it.
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
/// 2 m k n FLOPs. Each block of B is read from memory once per row of blocks of C, which is m / block
/// times instead of m times.
pub fn matmul_blocked(a: MatRef<'_>, b: MatRef<'_>, block: usize) -> Result<Matrix> {
    let _ = (&a, &b, &block); // Not used yet: goes with the todo!.
    todo!("refuse blocks of 0, then loop over blocks, and inside of each over its rows")
}
