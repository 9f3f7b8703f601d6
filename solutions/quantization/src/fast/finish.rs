//! From a kernel's sums to results.

// BEGIN SOLUTION: -
use crate::{Multiplier, Requantizer, Scheme};

/// What becomes of sums.
pub(super) trait Finish {
    /// A result.
    type Result: Copy + Default;

    /// The results of sums that lie next to each other, of the outputs from `first` on.
    fn outputs(&self, first: usize, sums: &[i32], results: &mut [Self::Result]);

    /// The results of many sums of one output.
    fn output(&self, output: usize, sums: &[i32], results: &mut [Self::Result]);
}

/// Sums as they are, but for the correction by the zero point.
#[derive(Clone, Debug)]
pub(super) struct Integers {
    pub(super) corrections: Vec<i32>,
}

impl Finish for Integers {
    type Result = i32;

    #[inline(always)]
    fn outputs(&self, first: usize, sums: &[i32], results: &mut [i32]) {
        let corrections = &self.corrections[first..];
        for ((result, sum), correction) in results.iter_mut().zip(sums).zip(corrections) {
            *result = sum.wrapping_add(*correction);
        }
    }

    #[inline(always)]
    fn output(&self, output: usize, sums: &[i32], results: &mut [i32]) {
        let correction = self.corrections[output];
        for (result, sum) in results.iter_mut().zip(sums) {
            *result = sum.wrapping_add(correction);
        }
    }
}

/// The numbers that the sums stand for.
#[derive(Clone, Debug)]
pub(super) struct Floats {
    pub(super) corrections: Vec<i32>,
    /// The unit of a sum, for each output.
    pub(super) scales: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Finish for Floats {
    type Result = f32;

    #[inline(always)]
    fn outputs(&self, first: usize, sums: &[i32], results: &mut [f32]) {
        let corrections = &self.corrections[first..];
        let scales = &self.scales[first..];
        let units = scales.iter().zip(&self.bias[first..]);
        let sums = sums.iter().zip(corrections).zip(units);
        for (result, ((sum, correction), (scale, bias))) in results.iter_mut().zip(sums) {
            *result = sum.wrapping_add(*correction) as f32 * scale + bias;
        }
    }

    #[inline(always)]
    fn output(&self, output: usize, sums: &[i32], results: &mut [f32]) {
        let correction = self.corrections[output];
        let scale = self.scales[output];
        let bias = self.bias[output];
        for (result, sum) in results.iter_mut().zip(sums) {
            *result = sum.wrapping_add(correction) as f32 * scale + bias;
        }
    }
}

/// The codes of a quantized layer's output: what [`Requantizer::requantize`] says, without branches.
#[derive(Clone, Debug)]
pub(super) struct Requantized<'a> {
    /// The correction by the zero point and the bias.
    corrections: Vec<i32>,
    multipliers: &'a [Multiplier],
    zero_point: i64,
    low: i64,
    high: i64,
}

impl<'a> Requantized<'a> {
    pub(super) fn new(
        mut corrections: Vec<i32>,
        bias: &[i32],
        requantizer: &'a Requantizer,
    ) -> Self {
        for (correction, bias) in corrections.iter_mut().zip(bias) {
            *correction = correction.wrapping_add(*bias);
        }
        let output = requantizer.output();
        let zero_point = i64::from(output.zero_point());
        let low = i64::from(output.scheme().min()) - zero_point;
        let high = i64::from(output.scheme().max()) - zero_point;
        let low = if requantizer.has_relu() { 0 } else { low };
        Self { corrections, multipliers: requantizer.multipliers(), zero_point, low, high }
    }

    /// The byte of a code.
    #[inline(always)]
    fn code(&self, sum: i32, multiplier: Multiplier) -> u8 {
        let product = i64::from(sum) * i64::from(multiplier.m0());
        let half = 1_i64 << (multiplier.shift() - 1);
        let steps = (product + half) >> multiplier.shift();
        (steps.clamp(self.low, self.high) + self.zero_point) as u8
    }
}

impl Finish for Requantized<'_> {
    type Result = u8;

    #[inline(always)]
    fn outputs(&self, first: usize, sums: &[i32], results: &mut [u8]) {
        let units = self.corrections[first..].iter().zip(&self.multipliers[first..]);
        for (result, (sum, (correction, multiplier))) in
            results.iter_mut().zip(sums.iter().zip(units))
        {
            *result = self.code(sum.wrapping_add(*correction), *multiplier);
        }
    }

    #[inline(always)]
    fn output(&self, output: usize, sums: &[i32], results: &mut [u8]) {
        let correction = self.corrections[output];
        let multiplier = self.multipliers[output];
        for (result, sum) in results.iter_mut().zip(sums) {
            *result = self.code(sum.wrapping_add(correction), multiplier);
        }
    }
}

/// Bytes as codes of a scheme.
pub(super) fn stored(bytes: Vec<u8>, scheme: Scheme) -> crate::Codes {
    if scheme.is_signed() {
        crate::Codes::I8(bytes.into_iter().map(u8::cast_signed).collect())
    } else {
        crate::Codes::U8(bytes)
    }
}
// END SOLUTION
