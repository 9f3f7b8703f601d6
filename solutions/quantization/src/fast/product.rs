//! The loops around the tiles of a linear layer.

// BEGIN SOLUTION: -
use super::encode::{Element, Encoding};
use super::finish::Finish;
use super::panels::Panels;
use super::tile::{row, tile};
use tinytorch::simd::{SimdInt, WithInt};

/// Rows whose codes are in memory at the same time, a multiple of every tile's rows: they stay in the caches while all
/// panels pass by.
const GROUP: usize = 96;

/// The product of rows and panels, `[rows, inputs]` to `[rows, outputs]`.
pub(super) struct Product<'a, T, F: Finish> {
    pub(super) panels: &'a Panels,
    pub(super) input: &'a [T],
    pub(super) inputs: usize,
    pub(super) encoding: Encoding,
    pub(super) finish: &'a F,
    pub(super) results: &'a mut [F::Result],
}

impl<T: Element, F: Finish> WithInt for Product<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn with_int<S: SimdInt>(self, simd: S) {
        if self.input.len() == self.inputs {
            self.tiles::<S, 1>(simd);
        } else if S::REGISTERS >= 32 {
            self.tiles::<S, 8>(simd);
        } else {
            self.tiles::<S, 4>(simd);
        }
    }
}

impl<T: Element, F: Finish> Product<'_, T, F> {
    #[inline(always)]
    fn tiles<S: SimdInt, const ROWS: usize>(self, simd: S) {
        let Panels { width, depth, outputs, .. } = *self.panels;
        let mut line = vec![0; 4 * depth];
        let mut quads = vec![[[0; 4]; ROWS]; GROUP.div_ceil(ROWS) * depth];
        let groups = self.input.chunks(GROUP * self.inputs);
        for (input, results) in groups.zip(self.results.chunks_mut(GROUP * outputs)) {
            for (at, input) in input.chunks_exact(self.inputs).enumerate() {
                let block = &mut quads[at / ROWS * depth..][..depth];
                encode_row(input, self.encoding, &mut line, |step, quad| {
                    block[step][at % ROWS] = quad;
                });
            }
            for (at, panel) in self.panels.registers::<S>().enumerate() {
                let first = at * width;
                let end = outputs.min(first + width);
                let blocks = results.chunks_mut(ROWS * outputs).zip(quads.chunks_exact(depth));
                for (results, quads) in blocks {
                    let sums = tile::<S, ROWS>(simd, quads.iter(), panel);
                    for (sums, results) in sums.iter().zip(results.chunks_exact_mut(outputs)) {
                        self.finish.outputs(first, row::<S>(sums), &mut results[first..end]);
                    }
                }
            }
        }
    }
}

/// Encodes a row, and hands on each of its quads.
#[inline(always)]
fn encode_row<T: Element>(
    input: &[T],
    encoding: Encoding,
    line: &mut [u8],
    mut write: impl FnMut(usize, [u8; 4]),
) {
    for (byte, element) in line.iter_mut().zip(input) {
        *byte = element.byte(encoding);
    }
    for (step, quad) in line.as_chunks().0.iter().enumerate() {
        write(step, *quad);
    }
}
// END SOLUTION
