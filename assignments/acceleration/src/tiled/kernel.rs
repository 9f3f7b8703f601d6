//! Task `tiled`, second part: the loops around the tiles, and the tile.

use tinytorch::simd::{Simd, WithSimd};

use crate::{MatRef, Result};

/// One product, ready to be carried to the processor's instructions: C += A B, none of them empty.
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

    /// Goes through the product in slices of the inner dimension; packs the slice of B, then block
    /// by block that of A; and adds up each tile of C.
    ///
    /// A tile is a few rows high and a few registers wide: as many sums as there are registers, less
    /// those that hold a row of B and an element of A. At the edges of C some of its rows and
    /// columns do not exist: they were packed as zeros, and are not written.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Result<()> {
        let _ = (&self.a, &self.b, &self.c, &simd); // Not used yet: goes with the todo!.
        todo!("pack slices of B and blocks of A, and add up C tile by tile in registers")
    }
}
