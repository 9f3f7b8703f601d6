//! From numbers and codes to the bytes of a kernel.

// BEGIN SOLUTION: -
use crate::QuantParams;
use tinytorch::simd::round_within;

/// How a number becomes a byte: the same steps as in [`QuantParams::quantize`], without a branch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoding {
    inverse: f32,
    zero_point: i32,
    low: f32,
    high: f32,
}

impl Encoding {
    pub(super) fn new(params: QuantParams) -> Self {
        let zero_point = params.zero_point();
        let low = (params.scheme().min() - zero_point) as f32;
        let high = (params.scheme().max() - zero_point) as f32;
        Self { inverse: 1.0 / params.scale(), zero_point, low, high }
    }

    /// For codes, which stay as they are.
    pub(super) fn none(zero_point: i32) -> Self {
        Self { inverse: 1.0, zero_point, low: 0.0, high: 0.0 }
    }

    /// The byte of the zero point.
    pub(super) fn padding(self) -> u8 {
        self.zero_point as u8
    }
}

/// What a kernel reads: numbers, or codes.
pub(super) trait Element: Copy {
    /// The byte that stands for it; that of a signed code is 128 more.
    fn byte(self, encoding: Encoding) -> u8;
}

impl Element for f32 {
    #[inline(always)]
    fn byte(self, encoding: Encoding) -> u8 {
        let steps = round_within(self * encoding.inverse, encoding.low, encoding.high);
        (steps + encoding.zero_point) as u8
    }
}

impl Element for u8 {
    #[inline(always)]
    fn byte(self, _: Encoding) -> u8 {
        self
    }
}

impl Element for i8 {
    #[inline(always)]
    fn byte(self, _: Encoding) -> u8 {
        self.cast_unsigned() ^ 0x80
    }
}
// END SOLUTION
