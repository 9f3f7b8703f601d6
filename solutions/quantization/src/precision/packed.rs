//! Codes of fewer than 8 bits without gaps.

// BEGIN SOLUTION: -
use crate::Codes;
// END SOLUTION
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
        // BEGIN SOLUTION: shift each code's bits into place
        let params = tensor.params().clone();
        let codes = tensor.codes();
        let bits = params.scheme().bits() as usize;
        let mut bytes = vec![0; (codes.len() * bits).div_ceil(8)];
        for at in 0..codes.len() {
            for bit in 0..bits {
                let place = at * bits + bit;
                let is_set = (codes.at(at) >> bit) & 1;
                bytes[place / 8] |= (is_set as u8) << (place % 8);
            }
        }
        Self { shape: tensor.shape().to_vec(), bytes, params }
        // END SOLUTION
    }

    /// The tensor again, code for code.
    ///
    /// # Errors
    /// Never; those of [`QuantizedTensor::from_codes`].
    pub fn unpack(&self) -> Result<QuantizedTensor> {
        // BEGIN SOLUTION: collect each code's bits, and extend the sign of signed codes
        let scheme = self.params.scheme();
        let bits = scheme.bits() as usize;
        let code = |at: usize| {
            let mut code = 0;
            for bit in 0..bits {
                let place = at * bits + bit;
                code |= i32::from((self.bytes[place / 8] >> (place % 8)) & 1) << bit;
            }
            if scheme.is_signed() && code > scheme.max() { code - (1 << bits) } else { code }
        };
        let count = self.shape.iter().product();
        let codes = Codes::new((0..count).map(code), scheme);
        QuantizedTensor::from_codes(codes, &self.shape, self.params.clone())
        // END SOLUTION
    }

    /// Bytes that have to be stored: the stream, and scales and zero points as in [`QuantizedTensor::nbytes`].
    pub fn nbytes(&self) -> usize {
        // BEGIN SOLUTION: the stream and the parameters
        let of_channel = if self.params.scheme().is_symmetric() { 4 } else { 8 };
        self.bytes.len() + of_channel * self.params.channels().len()
        // END SOLUTION
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
