//! The innermost loop.

// BEGIN SOLUTION: -
use super::panels::COLUMNS;
use tinytorch::simd::{SimdInt, bytemuck};

/// A tile's sums: `ROWS` rows of as many outputs as a panel has.
pub(super) type Sums<S, const ROWS: usize> = [[<S as SimdInt>::I32s; COLUMNS]; ROWS];

/// The sums of `ROWS` rows and one panel: for each step, four codes of every row times four weights of every output.
#[inline(always)]
pub(super) fn tile<'a, S: SimdInt, const ROWS: usize>(
    simd: S,
    quads: impl Iterator<Item = &'a [[u8; 4]; ROWS]>,
    panel: &[[S::I8s; COLUMNS]],
) -> Sums<S, ROWS> {
    let mut sums = [[simd.splat(0); COLUMNS]; ROWS];
    for (quads, weights) in quads.zip(panel) {
        for (sums, quad) in sums.iter_mut().zip(quads) {
            let codes = simd.splat4_u8(*quad);
            for (sum, weights) in sums.iter_mut().zip(weights) {
                *sum = simd.dot4(*sum, codes, *weights);
            }
        }
    }
    sums
}

/// One row of a tile.
#[inline(always)]
pub(super) fn row<S: SimdInt>(sums: &[S::I32s; COLUMNS]) -> &[i32] {
    bytemuck::cast_slice(sums)
}
// END SOLUTION
