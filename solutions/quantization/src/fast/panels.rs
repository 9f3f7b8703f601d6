//! Weights in the order in which a tile reads them.

// BEGIN SOLUTION: -
use tinytorch::simd::{IntArch, SimdInt};

/// Registers in a row of a tile.
pub(super) const COLUMNS: usize = 2;

/// Bytes of a cache line. A register that begins in the middle of one is loaded from two.
const LINE: usize = 64;

/// Weights, output by output, cut into panels of as many outputs as a tile has.
///
/// A panel holds the first four weights of each of its outputs, then the next four, and so on. Missing weights and
/// outputs are 0.
#[derive(Clone, Debug)]
pub(super) struct Panels {
    /// The instructions for which the panels are as wide as a tile.
    pub(super) arch: IntArch,
    /// Outputs of a panel.
    pub(super) width: usize,
    /// Quads of a sum.
    pub(super) depth: usize,
    pub(super) outputs: usize,
    /// `[outputs / width, rounded up, depth, width, 4]`.
    weights: Vec<[i8; 4]>,
    /// Where the first panel begins.
    start: usize,
    /// The sum of each output's weights.
    totals: Vec<i32>,
}

impl Panels {
    /// Panels with `weight(output, at)` at position `at` of `4 * depth` in an output's sum.
    pub(super) fn new(
        arch: IntArch,
        [outputs, depth]: [usize; 2],
        weight: impl Fn(usize, usize) -> i8,
    ) -> Self {
        let width = COLUMNS * arch.lanes();
        let mut weights = vec![[0; 4]; outputs.div_ceil(width) * depth * width + LINE / 4];
        let start = weights.as_ptr().align_offset(LINE);
        let mut totals = vec![0_i32; outputs];
        for (output, total) in totals.iter_mut().enumerate() {
            let first = output / width * depth * width + output % width;
            for (step, quad) in
                weights[start + first..].iter_mut().step_by(width).take(depth).enumerate()
            {
                *quad = std::array::from_fn(|byte| weight(output, 4 * step + byte));
                let sum: i32 = quad.iter().map(|&weight| i32::from(weight)).sum();
                *total = total.wrapping_add(sum);
            }
        }
        Self { arch, width, depth, outputs, weights, start, totals }
    }

    /// What is added to each output's sum of products, so that it is the sum of `(code - zero_point) weight`.
    pub(super) fn corrections(&self, zero_point: i32) -> Vec<i32> {
        let correction = |total: &i32| zero_point.wrapping_mul(*total).wrapping_neg();
        self.totals.iter().map(correction).collect()
    }

    /// The panels, as registers.
    #[inline(always)]
    pub(super) fn registers<S: SimdInt>(&self) -> impl Iterator<Item = &[[S::I8s; COLUMNS]]> {
        let length = self.outputs.div_ceil(self.width) * self.depth * self.width;
        self.weights[self.start..][..length].chunks_exact(self.depth * self.width).map(|panel| {
            let (registers, _) = S::as_i8s(panel.as_flattened());
            registers.as_chunks().0
        })
    }
}
// END SOLUTION
