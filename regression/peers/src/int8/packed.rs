//! A linear layer of `f32` whose weights are packed beforehand, as those of bytes are: what
//! module `acceleration` could do for weights that stay the same.

use std::ops::Range;

use acceleration::{Buffer, MatRef, pack, packed_len};
use anyhow::Result;
use tinytorch::simd::{Arch, Simd, WithSimd, bytemuck};

/// Length of the sums in registers.
const INNER: usize = 256;
/// Rows and registers of a tile.
const TILE: (usize, usize) = (6, 2);
/// The same for a single row.
const SINGLE: (usize, usize) = (1, 8);

/// Packed weights and a bias.
pub struct PackedLinear {
    inputs: usize,
    bias: Vec<f32>,
    /// For one row at a time.
    single: bool,
    /// For each slice of [`INNER`] inputs, panels of columns.
    weights: Buffer,
}

impl PackedLinear {
    /// Packs a weight `[inputs, outputs]` for inputs of so many rows.
    pub fn new(weight: MatRef<'_>, bias: &[f32], rows: usize) -> Result<Self> {
        let single = rows == 1;
        let width = Arch::new().dispatch(Lanes) * if single { SINGLE.1 } else { TILE.1 };
        let inputs = weight.rows();
        let mut weights = Buffer::take();
        let mut rest = weights.numbers(packed_len(weight.columns(), inputs, width)?);
        for start in (0..inputs).step_by(INNER) {
            let slice = weight.part(start..inputs.min(start + INNER), 0..weight.columns()).t();
            let (panels, after) =
                rest.split_at_mut(packed_len(slice.rows(), slice.columns(), width)?);
            pack(slice, width, panels)?;
            rest = after;
        }
        Ok(Self { inputs, bias: bias.to_vec(), single, weights })
    }

    /// `x W + b`, `[rows, inputs]` to `[rows, outputs]`.
    pub fn forward(&mut self, x: MatRef<'_>) -> Result<Vec<f32>> {
        let mut output = self.bias.repeat(x.rows());
        let layer = Multiply {
            x,
            outputs: self.bias.len(),
            inputs: self.inputs,
            weights: &mut self.weights,
            output: &mut output,
        };
        if self.single {
            Arch::new().dispatch(Tiles::<{ SINGLE.0 }, { SINGLE.1 }>(layer))?;
        } else {
            Arch::new().dispatch(Tiles::<{ TILE.0 }, { TILE.1 }>(layer))?;
        }
        Ok(output)
    }
}

/// How many numbers a register holds.
struct Lanes;

impl WithSimd for Lanes {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> usize {
        S::F32_LANES
    }
}

struct Multiply<'a> {
    x: MatRef<'a>,
    inputs: usize,
    outputs: usize,
    weights: &'a mut Buffer,
    output: &'a mut [f32],
}

struct Tiles<'a, const ROWS: usize, const REGISTERS: usize>(Multiply<'a>);

impl<const ROWS: usize, const REGISTERS: usize> WithSimd for Tiles<'_, ROWS, REGISTERS> {
    type Output = Result<()>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Result<()> {
        let Multiply { x, inputs, outputs, weights, output } = self.0;
        let width = REGISTERS * S::F32_LANES;
        let mut rest = &*weights.numbers(packed_len(outputs, inputs, width)?);
        let mut buffer = Buffer::take();
        for start in (0..inputs).step_by(INNER) {
            let inner = start..inputs.min(start + INNER);
            let depth = inner.len();
            let (panels, after) = rest.split_at(packed_len(outputs, depth, width)?);
            rest = after;
            let slice = x.part(0..x.rows(), inner);
            let packed_x = buffer.numbers(packed_len(x.rows(), depth, ROWS)?);
            pack(slice, ROWS, packed_x)?;
            for (right, panel) in panels.chunks_exact(width * depth).enumerate() {
                let columns = right * width..outputs.min((right + 1) * width);
                let rows = packed_x.chunks_exact(ROWS * depth);
                for (x, rows) in rows.zip(output.chunks_mut(ROWS * outputs)) {
                    let rows = rows.chunks_exact_mut(outputs);
                    add_tile::<S, ROWS, REGISTERS>(simd, (x, panel), rows, columns.clone());
                }
            }
        }
        Ok(())
    }
}

/// Adds a tile's products to its rows of the output.
#[inline(always)]
fn add_tile<'c, S: Simd, const ROWS: usize, const REGISTERS: usize>(
    simd: S,
    (x, w): (&[f32], &[f32]),
    rows: impl Iterator<Item = &'c mut [f32]>,
    columns: Range<usize>,
) {
    let mut sums = [[simd.splat_f32s(0.0); REGISTERS]; ROWS];
    let (w, _) = S::as_simd_f32s(w);
    let (w, _) = w.as_chunks::<REGISTERS>();
    let (x, _) = x.as_chunks::<ROWS>();
    for (x, w) in x.iter().zip(w) {
        for (sums, x) in sums.iter_mut().zip(x) {
            let x = simd.splat_f32s(*x);
            for (sum, w) in sums.iter_mut().zip(w) {
                *sum = simd.mul_add_e_f32s(x, *w, *sum);
            }
        }
    }
    for (row, sums) in rows.zip(&sums) {
        let target = &mut row[columns.clone()];
        let (registers, _) = S::as_mut_simd_f32s(target);
        if registers.len() == REGISTERS {
            for (target, sum) in registers.iter_mut().zip(sums) {
                *target = simd.add_f32s(*target, *sum);
            }
        } else {
            let sums: &[f32] = bytemuck::cast_slice(sums);
            for (target, sum) in target.iter_mut().zip(sums) {
                *target += sum;
            }
        }
    }
}
