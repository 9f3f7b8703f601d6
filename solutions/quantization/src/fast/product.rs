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
            // 16 sums, enough to hide how long one product takes; 8 divides most batches.
            self.tiles::<S, 8>(simd);
        } else {
            // 12 sums, 2 registers of weights and one of codes.
            self.tiles::<S, 6>(simd);
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
// BEGIN INSTRUCTOR
#[cfg(test)]
mod tests {
    use super::super::finish::Integers;
    use super::*;
    use tinytorch::Rng;
    use tinytorch::simd::IntArch;

    /// The hidden cases run at the grader's level only.
    #[test]
    fn every_level_multiplies_exactly() {
        let mut rng = Rng::new(1);
        for arch in IntArch::available().into_iter().filter_map(IntArch::with_level) {
            for [rows, inputs, outputs] in [[1, 5, 3], [9, 64, 33], [97, 3, 16], [12, 130, 70]] {
                let input: Vec<u8> = (0..rows * inputs).map(|_| rng.below(256) as u8).collect();
                let weights: Vec<i8> =
                    (0..inputs * outputs).map(|_| (rng.below(256) as u8).cast_signed()).collect();
                let panels = Panels::new(arch, [outputs, inputs.div_ceil(4)], |output, at| {
                    if at < inputs { weights[at * outputs + output] } else { 0 }
                });
                let mut results = vec![0; rows * outputs];
                let encoding = Encoding::none(0);
                let finish = &Integers { corrections: panels.corrections(77) };
                arch.dispatch(Product {
                    panels: &panels,
                    input: &input,
                    inputs,
                    encoding,
                    finish,
                    results: &mut results,
                });
                for (at, result) in results.iter().enumerate() {
                    let code = |k: usize| i64::from(input[at / outputs * inputs + k]) - 77;
                    let weight = |k: usize| i64::from(weights[k * outputs + at % outputs]);
                    let sum: i64 = (0..inputs).map(|k| code(k) * weight(k)).sum();
                    assert_eq!(
                        i64::from(*result),
                        sum,
                        "{}, {rows} x {inputs} x {outputs}",
                        arch.level()
                    );
                }
            }
        }
    }
}
// END INSTRUCTOR
