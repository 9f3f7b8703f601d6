//! Task `half`: 16-bit floats as a storage format.

use crate::Result;
use tinytorch::Tensor;

/// A floating-point number of 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HalfFormat {
    /// IEEE 754 binary16: 1 sign bit, 5 exponent bits, 10 fraction bits. Largest number 65504, least normal number 2^-14,
    /// least number 2^-24.
    F16,
    /// bfloat16: the upper half of an `f32`. 1 sign bit, 8 exponent bits, 7 fraction bits.
    Bf16,
}

impl HalfFormat {
    /// The nearest number of this format (ties to even fraction), as bits. What rounds above the largest number becomes
    /// infinity, small numbers become subnormal or a zero with their sign. A NaN stays a NaN of the same sign: its upper
    /// fraction bits are kept, and the highest one is set.
    ///
    /// # Cost
    /// A few integer operations; no table.
    ///
    /// Source: IEEE 754-2019, sections 3.4 and 4.3.1.
    pub fn encode(self, x: f32) -> u16 {
        // BEGIN SOLUTION: for bf16, round the upper half; for f16, normal, subnormal and too large numbers
        let sign = x.to_bits() >> 16 & 0x8000;
        let magnitude = x.to_bits() & 0x7fff_ffff;
        let bits = match self {
            Self::Bf16 if x.is_nan() => magnitude >> 16 | 0x0040,
            Self::Bf16 => round_off(magnitude, 16),
            Self::F16 if x.is_nan() => magnitude >> 13 & 0x03ff | 0x7e00,
            Self::F16 => encode_f16(magnitude),
        };
        (sign | bits) as u16
        // END SOLUTION
    }

    /// The number that bits stand for. Each number of both formats is exactly an `f32`. A NaN keeps its bits.
    pub fn decode(self, bits: u16) -> f32 {
        // BEGIN SOLUTION: for bf16, a shift; for f16, another exponent, and a special case for subnormal numbers
        let bits = u32::from(bits);
        if self == Self::Bf16 {
            return f32::from_bits(bits << 16);
        }
        let sign = (bits & 0x8000) << 16;
        let magnitude = bits & 0x7fff;
        let magnitude = match magnitude >> 10 {
            0 => (magnitude as f32 * LEAST_F16).to_bits(),
            0x1f => magnitude << 13 | 0x7f80_0000,
            _ => (magnitude << 13) + REBIAS,
        };
        f32::from_bits(sign | magnitude)
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
/// The least positive binary16 number, 2^-24.
const LEAST_F16: f32 = f32::from_bits(0x3380_0000);
/// The exponent bias of `f32` less that of binary16, at the place of an exponent of `f32`.
const REBIAS: u32 = (127 - 15) << 23;

/// The bits of the nearest binary16 number, of a magnitude that is no NaN.
fn encode_f16(magnitude: u32) -> u32 {
    let exponent = magnitude >> 23;
    match exponent {
        // From 2^16. What rounds up to 2^16 becomes infinity by a carry into the exponent.
        143.. => 0x7c00,
        // From 2^-14: a normal number.
        113.. => round_off(magnitude - REBIAS, 13),
        // From 2^-25, half of the least number: a multiple of 2^-24.
        102.. => round_off(magnitude & 0x007f_ffff | 0x0080_0000, 126 - exponent),
        _ => 0,
    }
}

/// The integer `n / 2^shift`, rounded to the nearest, ties to even. The shift is at least 1.
fn round_off(n: u32, shift: u32) -> u32 {
    let odd = n >> shift & 1;
    let below_half = (1 << (shift - 1)) - 1;
    (n + below_half + odd) >> shift
}
// END SOLUTION

/// A tensor that stores two bytes an element.
#[derive(Clone, Debug, PartialEq)]
pub struct HalfTensor {
    format: HalfFormat,
    shape: Vec<usize>,
    bits: Vec<u16>,
}

impl HalfTensor {
    /// Rounds each element of a tensor, which may be a view, or empty.
    pub fn from_tensor(tensor: &Tensor, format: HalfFormat) -> Self {
        // BEGIN SOLUTION: each element's bits
        let bits = tensor.to_vec().into_iter().map(|x| format.encode(x)).collect();
        Self { format, shape: tensor.shape().to_vec(), bits }
        // END SOLUTION
    }

    /// The numbers.
    ///
    /// # Errors
    /// Never; those of [`Tensor::from_vec`].
    pub fn to_tensor(&self) -> Result<Tensor> {
        // BEGIN SOLUTION: each element's number
        let numbers = self.bits.iter().map(|bits| self.format.decode(*bits)).collect();
        Ok(Tensor::from_vec(numbers, &self.shape)?)
        // END SOLUTION
    }

    /// Bytes that have to be stored.
    pub fn nbytes(&self) -> usize {
        // BEGIN SOLUTION: two for each element
        2 * self.bits.len()
        // END SOLUTION
    }

    /// The format. Given.
    pub const fn format(&self) -> HalfFormat {
        self.format
    }

    /// The shape. Given.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The bits of each element, row by row. Given.
    pub fn bits(&self) -> &[u16] {
        &self.bits
    }
}
