//! Task `reordered`: the same additions in another order.

use crate::{MatRef, Matrix, Result};

/// The product with its loops in the order i, p, j: row p of B times one number is added to row i of C.
///
/// The innermost loop now runs along rows of B and C. It reads consecutive elements in memory, no
/// addition waits for another, and the compiler vectorizes it, provided that it sees two slices: zip
/// the rows instead of indexing them. If the elements of B are not stored row by row,
/// [`MatRef::contiguous`] copies them once, which costs far less than the product.
///
/// # Shapes
/// `[m, k] x [k, n]` to `[m, n]`. Any of them may be 0 (there are no chunks of 0 elements).
///
/// # Errors
/// [`AccelError::ShapeMismatch`](crate::AccelError::ShapeMismatch) of `matmul_reordered`.
///
/// # Cost
/// 2 m k n FLOPs. Each row of C is read and written k times.
pub fn matmul_reordered(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix> {
    let _ = (&a, &b); // Not used yet: goes with the todo!.
    todo!("for each row of the result, add up the rows of B, each times one element of A")
}
