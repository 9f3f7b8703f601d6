//! Task `blocked`: a product of blocks that fit into a cache.

// BEGIN SOLUTION: -
use std::ops::Range;

use crate::AccelError;
// END SOLUTION
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
/// The ranges of `block` numbers that `0..size` is cut into; the last may be shorter.
fn blocks(size: usize, block: usize) -> impl Iterator<Item = Range<usize>> {
    (0..size).step_by(block).map(move |start| start..start.saturating_add(block).min(size))
}

/// Adds the product of a block of A, `[rows, inner]`, and one of B, `[inner, columns]`, to C.
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
