//! A tensor of codes.

use crate::{Codes, QuantError, Result, TensorParams};
use tinytorch::Tensor;

/// A tensor that stores one byte an element, row by row, and the parameters that give the bytes a meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizedTensor {
    shape: Vec<usize>,
    codes: Codes,
    params: TensorParams,
}

impl QuantizedTensor {
    /// A tensor from its parts. Given.
    ///
    /// # Errors
    /// Of `QuantizedTensor::from_codes`: [`QuantError::Empty`]; [`QuantError::ShapeMismatch`] when the number of codes or
    /// of channels does not fit the shape; [`QuantError::BadValue`] when a code is not one of the scheme.
    pub fn from_codes(codes: Codes, shape: &[usize], params: TensorParams) -> Result<Self> {
        const OPERATION: &str = "QuantizedTensor::from_codes";
        let shape = shape.to_vec();
        if codes.is_empty() {
            return Err(QuantError::Empty { operation: OPERATION, shape });
        }
        if shape.iter().product::<usize>() != codes.len() {
            let right = vec![codes.len()];
            let reason = "the shape must have as many elements as there are codes".to_owned();
            return Err(QuantError::ShapeMismatch {
                operation: OPERATION,
                left: shape,
                right,
                reason,
            });
        }
        params.check(OPERATION, &shape)?;
        let scheme = params.scheme();
        let is_code = |code: i32| scheme.min() <= code && code <= scheme.max();
        if scheme.is_signed() != matches!(codes, Codes::I8(_))
            || !is_code(codes.lowest())
            || !is_code(codes.highest())
        {
            let reason = format!("the codes must be {} to {}", scheme.min(), scheme.max());
            return Err(QuantError::BadValue { operation: OPERATION, reason });
        }
        Ok(Self { shape, codes, params })
    }

    /// The numbers that the codes stand for.
    ///
    /// # Errors
    /// Never for a tensor of this crate; those of [`Tensor::from_vec`].
    pub fn dequantize(&self) -> Result<Tensor> {
        // BEGIN SOLUTION: the number of each code, with the parameters of its channel
        let number = |at| self.params.at(&self.shape, at).dequantize(self.codes.at(at));
        let numbers = (0..self.codes.len()).map(number).collect();
        Ok(Tensor::from_vec(numbers, &self.shape)?)
        // END SOLUTION
    }

    /// Bytes that have to be stored: one for each code, four for each scale, and four for each zero point, which a
    /// symmetric scheme does not have.
    pub fn nbytes(&self) -> usize {
        // BEGIN SOLUTION: codes, scales and zero points
        let of_channel = if self.params.scheme().is_symmetric() { 4 } else { 8 };
        self.codes.len() + of_channel * self.params.channels().len()
        // END SOLUTION
    }

    /// The shape. Given.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The codes, row by row. Given.
    pub const fn codes(&self) -> &Codes {
        &self.codes
    }

    /// The parameters. Given.
    pub const fn params(&self) -> &TensorParams {
        &self.params
    }

    /// The same codes in another shape. Given.
    ///
    /// # Errors
    /// [`QuantError::ShapeMismatch`] of `QuantizedTensor::reshape` when the number of elements differs;
    /// [`QuantError::BadValue`] for a tensor with parameters for each channel.
    pub fn reshape(self, shape: &[usize]) -> Result<Self> {
        const OPERATION: &str = "QuantizedTensor::reshape";
        if self.params != TensorParams::per_tensor(self.params.channels()[0]) {
            let reason = "a tensor with parameters for each channel keeps its axes".to_owned();
            return Err(QuantError::BadValue { operation: OPERATION, reason });
        }
        if shape.iter().product::<usize>() != self.codes.len() {
            let left = self.shape;
            let right = shape.to_vec();
            let reason = "both must have as many elements".to_owned();
            return Err(QuantError::ShapeMismatch { operation: OPERATION, left, right, reason });
        }
        Ok(Self { shape: shape.to_vec(), ..self })
    }
}
