//! Task `quantize`: from numbers to codes, and back.

mod codes;
mod tensor;

use crate::{QuantParams, Result, TensorParams};
use tinytorch::Tensor;

pub use codes::Codes;
pub use tensor::QuantizedTensor;

impl QuantParams {
    /// The code of a finite number: `x * (1 / scale)`, both steps in `f32`, rounded to the nearest integer (ties to
    /// even), plus the zero point. A number outside of the range has the nearest code: it saturates.
    pub fn quantize(&self, x: f32) -> i32 {
        // BEGIN SOLUTION: multiply, round, add the zero point, and keep to the scheme's codes
        let steps = (x * (1.0 / self.scale())).round_ties_even();
        let low = (self.scheme().min() - self.zero_point()) as f32;
        let high = (self.scheme().max() - self.zero_point()) as f32;
        steps.clamp(low, high) as i32 + self.zero_point()
        // END SOLUTION
    }

    /// The number that a code stands for: `scale (code - zero_point)`.
    pub fn dequantize(&self, code: i32) -> f32 {
        // BEGIN SOLUTION: the formula
        self.scale() * (code - self.zero_point()) as f32
        // END SOLUTION
    }
}

/// Quantizes a tensor, which may be a view.
///
/// # Shapes
/// The result has the tensor's shape.
///
/// # Errors
/// Of `quantize`: [`Empty`](crate::QuantError::Empty), [`NotFinite`](crate::QuantError::NotFinite),
/// [`ShapeMismatch`](crate::QuantError::ShapeMismatch) when the tensor does not have as many channels as there are
/// parameters.
pub fn quantize(tensor: &Tensor, params: &TensorParams) -> Result<QuantizedTensor> {
    // BEGIN SOLUTION: the code of each element, with the parameters of its channel
    let elements = crate::params::finite_elements("quantize", tensor)?;
    params.check("quantize", tensor.shape())?;
    let shape = tensor.shape();
    let codes = elements.iter().enumerate().map(|(at, &x)| params.at(shape, at).quantize(x));
    let codes = Codes::new(codes, params.scheme());
    QuantizedTensor::from_codes(codes, shape, params.clone())
    // END SOLUTION
}
