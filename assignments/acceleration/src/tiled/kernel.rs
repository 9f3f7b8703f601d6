//! Task `tiled`, second part: the loops around the tiles, and the tile itself.

use tinytorch::simd::{Simd, WithSimd};

use crate::{MatRef, Result};

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
        let _ = (&self.a, &self.b, &self.c, &simd); // Not used yet: goes with the todo!.
        todo!("pack slices of B and blocks of A, and add up C tile by tile in registers")
    }
}
