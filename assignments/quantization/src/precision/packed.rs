//! Codes of fewer than 8 bits without gaps.

use crate::{QuantizedTensor, Result, TensorParams};

/// A quantized tensor whose codes are stored bit after bit.
///
/// Code number i has the bits `i b` to `(i + 1) b - 1` of the stream, where b is the scheme's number of bits: its lowest b
/// bits in two's complement, the lowest bit first. Bit j of the stream is bit j mod 8 of byte j / 8. Unused bits of the
/// last byte are 0.
#[derive(Clone, Debug, PartialEq)]
pub struct PackedTensor {
    shape: Vec<usize>,
    bytes: Vec<u8>,
    params: TensorParams,
}

impl PackedTensor {
    /// Packs the codes of a tensor.
    pub fn new(tensor: &QuantizedTensor) -> Self {
        let _ = &tensor; // Not used yet: goes with the todo!.
        todo!("shift each code's bits into place")
    }

    /// The tensor again, code for code.
    ///
    /// # Errors
    /// Never; those of [`QuantizedTensor::from_codes`].
    pub fn unpack(&self) -> Result<QuantizedTensor> {
        todo!("collect each code's bits, and extend the sign of signed codes")
    }

    /// Bytes that have to be stored: the stream, and scales and zero points as in [`QuantizedTensor::nbytes`].
    pub fn nbytes(&self) -> usize {
        todo!("the stream and the parameters")
    }

    /// The stream. Given.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The shape. Given.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The parameters. Given.
    pub const fn params(&self) -> &TensorParams {
        &self.params
    }
}
