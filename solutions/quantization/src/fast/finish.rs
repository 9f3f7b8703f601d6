//! From a kernel's sums to results.

// BEGIN SOLUTION: -
/// What becomes of sums.
pub(super) trait Finish: Copy {
    /// A result.
    type Result: Copy + Default;

    /// The results of sums that lie next to each other, of the outputs from `first` on.
    fn outputs(self, first: usize, sums: &[i32], results: &mut [Self::Result]);

    /// The results of many sums of one output.
    fn output(self, output: usize, sums: &[i32], results: &mut [Self::Result]);
}

/// Sums as they are, but for the correction by the zero point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Integers<'a> {
    pub(super) corrections: &'a [i32],
}

impl Finish for Integers<'_> {
    type Result = i32;

    #[inline(always)]
    fn outputs(self, first: usize, sums: &[i32], results: &mut [i32]) {
        let corrections = &self.corrections[first..];
        for ((result, sum), correction) in results.iter_mut().zip(sums).zip(corrections) {
            *result = sum.wrapping_add(*correction);
        }
    }

    #[inline(always)]
    fn output(self, output: usize, sums: &[i32], results: &mut [i32]) {
        let correction = self.corrections[output];
        for (result, sum) in results.iter_mut().zip(sums) {
            *result = sum.wrapping_add(correction);
        }
    }
}

/// The numbers that the sums stand for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Floats<'a> {
    pub(super) corrections: &'a [i32],
    /// The unit of a sum, for each output.
    pub(super) scales: &'a [f32],
    pub(super) bias: &'a [f32],
}

impl Finish for Floats<'_> {
    type Result = f32;

    #[inline(always)]
    fn outputs(self, first: usize, sums: &[i32], results: &mut [f32]) {
        let corrections = &self.corrections[first..];
        let scales = &self.scales[first..];
        let units = scales.iter().zip(&self.bias[first..]);
        let sums = sums.iter().zip(corrections).zip(units);
        for (result, ((sum, correction), (scale, bias))) in results.iter_mut().zip(sums) {
            *result = sum.wrapping_add(*correction) as f32 * scale + bias;
        }
    }

    #[inline(always)]
    fn output(self, output: usize, sums: &[i32], results: &mut [f32]) {
        let correction = self.corrections[output];
        let scale = self.scales[output];
        let bias = self.bias[output];
        for (result, sum) in results.iter_mut().zip(sums) {
            *result = sum.wrapping_add(correction) as f32 * scale + bias;
        }
    }
}
// END SOLUTION
