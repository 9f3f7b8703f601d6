//! Task `naive`: the definition of the matrix product, as three loops.

use crate::{MatRef, Matrix, Result};

/// The product from its definition: C\[i, j\] is the sum over p of A\[i, p\] B\[p, j\]. Loop over i, j,
/// p, in this order, and keep the sum in one variable.
///
/// This is the baseline of all later measurements, so do not optimize it. Multiply zeros like any other
/// number (0 times infinity is NaN, and must stay NaN).
///
/// # Shapes
/// `[m, k] x [k, n]` to `[m, n]`. Any of them may be 0: a sum of no products is 0.
///
/// # Errors
/// [`AccelError::ShapeMismatch`](crate::AccelError::ShapeMismatch) of `matmul_naive`.
///
/// # Cost
/// 2 m k n FLOPs, one after another: each addition waits for the one before. B is read column by column,
/// so consecutive reads are a whole row apart.
pub fn matmul_naive(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix> {
    // BEGIN SOLUTION: ask `a` for the product's shape, then sum up each element of the result in turn
    let (m, k, n) = a.product_shape(&b, "matmul_naive")?;
    let a = a.contiguous();
    let b = b.contiguous();
    let mut c = Matrix::zeros(m, n);
    for i in 0..m {
        for j in 0..n {
            let mut sum = 0.0;
            for p in 0..k {
                sum += a[i * k + p] * b[p * n + j];
            }
            c.as_mut_slice()[i * n + j] = sum;
        }
    }
    Ok(c)
    // END SOLUTION
}
