//! The range of an input, which is measured at each call.

// BEGIN SOLUTION: -
use crate::{QuantError, QuantParams, Result, Scheme};
use std::borrow::Cow;
use tinytorch::Tensor;
use tinytorch::simd::{IntArch, SimdInt, WithInt};

/// The elements of a tensor, row by row, without a copy where it has them like that.
pub(super) fn contiguous(input: &Tensor) -> Cow<'_, [f32]> {
    input.as_slice().map_or_else(|| input.to_vec().into(), Cow::from)
}

/// Parameters for the range of an input.
pub(super) fn dynamic_params(
    operation: &'static str,
    input: &Tensor,
    elements: &[f32],
) -> Result<QuantParams> {
    let Range { low, high, magnitude } = IntArch::new().dispatch(FindRange(elements));
    if magnitude >= f32::INFINITY.to_bits() {
        let mut elements = elements.iter().copied();
        let value = elements.find(|x| !x.is_finite()).unwrap_or(f32::NAN);
        let shape = input.shape().to_vec();
        return Err(QuantError::NotFinite { operation, shape, value });
    }
    QuantParams::from_range(low, high, Scheme::U8)
}

/// The smallest and the largest of numbers.
struct Range {
    low: f32,
    high: f32,
    /// The bits of the largest absolute value: for NaN, they are those of a larger number than infinity.
    magnitude: u32,
}

struct FindRange<'a>(&'a [f32]);

/// Numbers that are compared at a time: as many registers as hide how long a comparison takes.
const AT_A_TIME: usize = 32;

impl WithInt for FindRange<'_> {
    type Output = Range;

    #[inline(always)]
    fn with_int<S: SimdInt>(self, _: S) -> Range {
        let mut low = [0.0; AT_A_TIME];
        let mut high = [0.0; AT_A_TIME];
        let mut magnitude = [0; AT_A_TIME];
        let (chunks, rest) = self.0.as_chunks::<AT_A_TIME>();
        let mut last = [0.0; AT_A_TIME];
        last[..rest.len()].copy_from_slice(rest);
        for chunk in chunks {
            widen(&mut low, &mut high, &mut magnitude, chunk);
        }
        widen(&mut low, &mut high, &mut magnitude, &last);
        Range {
            low: low.into_iter().fold(0.0, f32::min),
            high: high.into_iter().fold(0.0, f32::max),
            magnitude: magnitude.into_iter().fold(0, u32::max),
        }
    }
}

#[inline(always)]
fn widen(
    low: &mut [f32; AT_A_TIME],
    high: &mut [f32; AT_A_TIME],
    magnitude: &mut [u32; AT_A_TIME],
    numbers: &[f32; AT_A_TIME],
) {
    for (i, &x) in numbers.iter().enumerate() {
        low[i] = if x < low[i] { x } else { low[i] };
        high[i] = if x > high[i] { x } else { high[i] };
        magnitude[i] = x.abs().to_bits().max(magnitude[i]);
    }
}
// END SOLUTION
