//! Task `tiled`, second part: the loops around the tiles, and the tile itself.

// BEGIN SOLUTION: -
use super::Buffer;
use super::pack::{pack, packed_len};
use tinytorch::simd::bytemuck;
// END SOLUTION
use tinytorch::simd::{Simd, WithSimd};

use crate::{MatRef, Result};

// BEGIN SOLUTION: -
/// Rows of a tile.
const ROWS: usize = 6;
/// Registers in a row of a tile. 6 x 2 sums, 2 registers of B and one of A make 15; AVX2 has 16. With
/// the 32 of AVX-512 a larger tile would fit and gain 3 %, but it would halve the speed on AVX2.
const REGISTERS: usize = 2;
/// Rows of A that are packed together, a multiple of [`ROWS`]: with [`INNER`] they take 120 KiB, for
/// the second-level cache.
const BLOCK_ROWS: usize = 120;
/// Length of the sums in registers: a panel of B takes at most 32 KiB, for the first-level cache.
const INNER: usize = 256;
// END SOLUTION

/// One product, to be run with the processor's instructions: C += A B. No dimension is 0.
pub(super) struct Gemm<'a> {
    a: MatRef<'a>,
    b: MatRef<'a>,
    /// `[m, n]`, row by row.
    c: &'a mut [f32],
}

impl<'a> Gemm<'a> {
    pub(super) fn new(a: MatRef<'a>, b: MatRef<'a>, c: &'a mut [f32]) -> Self {
        Self { a, b, c }
    }
}

impl WithSimd for Gemm<'_> {
    type Output = Result<()>;

    /// Processes the product in slices of the inner dimension: packs the slice of B, then that of A
    /// block by block, and adds up each tile of C.
    ///
    /// A tile is a few rows high and a few registers wide. It has one sum per register, except for
    /// the registers that hold a row of B and an element of A. At the edges of C, some of the tile's
    /// rows and columns do not exist: they are packed as zeros and not written.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Result<()> {
        // BEGIN SOLUTION: pack slices of B and blocks of A, and add up C tile by tile in registers
        let m = self.a.rows();
        let k = self.a.columns();
        let n = self.b.columns();
        let width = REGISTERS * S::F32_LANES;
        let mut buffer_a = Buffer::take();
        let mut buffer_b = Buffer::take();
        for start in (0..k).step_by(INNER) {
            let inner = start..k.min(start + INNER);
            let depth = inner.len();
            let slice_of_b = self.b.part(inner.clone(), 0..n);
            let packed_b = packed(slice_of_b.t(), width, &mut buffer_b)?;
            for top in (0..m).step_by(BLOCK_ROWS) {
                let rows = top..m.min(top + BLOCK_ROWS);
                let block_of_a = self.a.part(rows, inner.clone());
                let packed_a = packed(block_of_a, ROWS, &mut buffer_a)?;
                for (right, b) in packed_b.chunks_exact(width * depth).enumerate() {
                    let columns = right * width..n.min((right + 1) * width);
                    for (down, a) in packed_a.chunks_exact(ROWS * depth).enumerate() {
                        let i = top + down * ROWS;
                        let c_rows = &mut self.c[i * n..n * m.min(i + ROWS)];
                        add_tile(simd, (a, b), c_rows.chunks_exact_mut(n), columns.clone());
                    }
                }
            }
        }
        Ok(())
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
/// Packs a part of an operand into panels in the buffer.
fn packed<'b>(part: MatRef<'_>, tile: usize, buffer: &'b mut Buffer) -> Result<&'b [f32]> {
    let panels = buffer.numbers(packed_len(part.rows(), part.columns(), tile)?);
    pack(part, tile, panels)?;
    Ok(panels)
}

/// Adds the product of a panel of A and a panel of B to the given columns of C, for as many rows as
/// there are.
#[inline(always)]
fn add_tile<'c, S: Simd>(
    simd: S,
    (a, b): (&[f32], &[f32]),
    rows: impl Iterator<Item = &'c mut [f32]>,
    columns: std::ops::Range<usize>,
) {
    let mut sums = [[simd.splat_f32s(0.0); REGISTERS]; ROWS];
    let (b, _) = S::as_simd_f32s(b);
    let (a, _) = a.as_chunks::<ROWS>();
    let (b, _) = b.as_chunks::<REGISTERS>();
    for (a, b) in a.iter().zip(b) {
        for (row, x) in sums.iter_mut().zip(a) {
            let x = simd.splat_f32s(*x);
            for (sum, y) in row.iter_mut().zip(b) {
                *sum = simd.mul_add_e_f32s(x, *y, *sum);
            }
        }
    }
    for (c, row) in rows.zip(&sums) {
        let c = &mut c[columns.clone()];
        let (registers, _) = S::as_mut_simd_f32s(c);
        if registers.len() == REGISTERS {
            for (c, sum) in registers.iter_mut().zip(row) {
                *c = simd.add_f32s(*c, *sum);
            }
        } else {
            // At the right edge of C.
            let sums: &[f32] = bytemuck::cast_slice(row);
            for (c, sum) in c.iter_mut().zip(sums) {
                *c += sum;
            }
        }
    }
}
// END SOLUTION
