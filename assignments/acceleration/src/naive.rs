//! Task `naive`: the definition of the matrix product, as three loops.

use crate::{MatRef, Matrix, Result};

/// The product by its definition: C\[i, j\] is the sum over p of A\[i, p\] B\[p, j\]. Loops over i, j, p,
/// in this order, the sum in one variable.
///
/// This is what all that follows is measured against. Do not make it clever: zeros are multiplied
/// like any other number (0 times infinity is NaN, and has to stay NaN).
///
/// # Shapes
/// `[m, k] x [k, n]` to `[m, n]`. Any of them may be 0: without products a sum is 0.
///
/// # Errors
/// [`AccelError::ShapeMismatch`](crate::AccelError::ShapeMismatch) of `matmul_naive`.
///
/// # Cost
/// 2 m k n FLOPs, one after the other: each addition waits for the one before. B is read down its
/// columns, a whole row apart.
pub fn matmul_naive(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix> {
    let _ = (&a, &b); // Not used yet: goes with the todo!.
    todo!("ask `a` for the product's shape, then sum up each element of the result in turn")
}
