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
        let _ = &x; // Not used yet: goes with the todo!.
        todo!("for bf16, round the upper half; for f16, normal, subnormal and too large numbers")
    }

    /// The number that bits stand for. Each number of both formats is exactly an `f32`. A NaN keeps its bits.
    pub fn decode(self, bits: u16) -> f32 {
        let _ = &bits; // Not used yet: goes with the todo!.
        todo!(
            "for bf16, a shift; for f16, another exponent, and a special case for subnormal numbers"
        )
    }
}

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
        let _ = (&tensor, &format); // Not used yet: goes with the todo!.
        todo!("each element's bits")
    }

    /// The numbers.
    ///
    /// # Errors
    /// Never; those of [`Tensor::from_vec`].
    pub fn to_tensor(&self) -> Result<Tensor> {
        todo!("each element's number")
    }

    /// Bytes that have to be stored.
    pub fn nbytes(&self) -> usize {
        todo!("two for each element")
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
