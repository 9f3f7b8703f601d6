//! Task `blocked`: a matrix product in blocks that fit into a cache.

// BEGIN SOLUTION: -
use std::ops::Range;

use crate::AccelError;
// END SOLUTION
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
    // BEGIN SOLUTION: refuse blocks of 0, then loop over blocks, and inside of each over its rows
    if block == 0 {
        return Err(AccelError::BadBlock { operation: "matmul_blocked" });
    }
    let (m, k, n) = a.product_shape(&b, "matmul_blocked")?;
    let mut c = Matrix::zeros(m, n);
    let b = b.contiguous();
    for rows in blocks(m, block) {
        for inner in blocks(k, block) {
            for columns in blocks(n, block) {
                add_block(a, (&b, n), c.as_mut_slice(), [rows.clone(), inner.clone(), columns]);
            }
        }
    }
    Ok(c)
    // END SOLUTION
}

// BEGIN SOLUTION: -
/// Splits `0..size` into ranges of `block` numbers; the last one may be shorter.
fn blocks(size: usize, block: usize) -> impl Iterator<Item = Range<usize>> {
    (0..size).step_by(block).map(move |start| start..start.saturating_add(block).min(size))
}

/// Adds the product of a block of A, `[rows, inner]`, and a block of B, `[inner, columns]`, to C.
fn add_block(
    a: MatRef<'_>,
    (b, n): (&[f32], usize),
    c: &mut [f32],
    [rows, inner, columns]: [Range<usize>; 3],
) {
    for i in rows {
        let c_row = &mut c[i * n..][columns.clone()];
        for p in inner.clone() {
            let factor = a.at(i, p);
            for (sum, x) in c_row.iter_mut().zip(&b[p * n..][columns.clone()]) {
                *sum += factor * x;
            }
        }
    }
}
// END SOLUTION
