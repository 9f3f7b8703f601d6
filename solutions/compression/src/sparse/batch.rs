//! One value of a sparse weight meets many rows.

// BEGIN SOLUTION: -
use tinytorch::simd::{Simd, WithSimd};

/// Rows that are multiplied at once.
pub(super) const CHUNK: usize = 64;
/// Registers of sums: enough to keep the adders busy, few enough for every processor.
const SUMS: usize = 4;

/// One number of each row. Aligned, because a register that crosses a cache line takes two reads.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Lanes(pub(super) [f32; CHUNK]);

/// The product of a sparse weight and [`CHUNK`] rows.
pub(super) struct SparseProduct<'a> {
    pub(super) starts: &'a [usize],
    pub(super) inputs_of: &'a [[u16; 4]],
    pub(super) values: &'a [[f32; 4]],
    pub(super) bias: &'a [f32],
    pub(super) inputs: &'a [Lanes],
    pub(super) results: &'a mut [Lanes],
}

impl WithSimd for SparseProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { starts, inputs_of, values, bias, inputs, results } = self;
        for ((result, ends), bias) in results.iter_mut().zip(starts.windows(2)).zip(bias) {
            let groups = ends[0]..ends[1];
            let (registers, _) = S::as_mut_simd_f32s(&mut result.0);
            for (at, registers) in registers.chunks_exact_mut(SUMS).enumerate() {
                let mut sums = [simd.splat_f32s(*bias); SUMS];
                let groups = inputs_of[groups.clone()].iter().zip(&values[groups.clone()]);
                for (places, factors) in groups {
                    for (place, factor) in places.iter().zip(factors) {
                        let (lanes, _) = S::as_simd_f32s(&inputs[usize::from(*place)].0);
                        let factor = simd.splat_f32s(*factor);
                        let lanes = &lanes[at * SUMS..][..SUMS];
                        for (sum, lanes) in sums.iter_mut().zip(lanes) {
                            *sum = simd.mul_add_e_f32s(factor, *lanes, *sum);
                        }
                    }
                }
                registers.copy_from_slice(&sums);
            }
        }
    }
}
// END SOLUTION
