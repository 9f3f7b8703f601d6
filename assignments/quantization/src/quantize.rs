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
        let _ = &x; // Not used yet: goes with the todo!.
        todo!("multiply, round, add the zero point, and keep to the scheme's codes")
    }

    /// The number that a code stands for: `scale (code - zero_point)`.
    pub fn dequantize(&self, code: i32) -> f32 {
        let _ = &code; // Not used yet: goes with the todo!.
        todo!("the formula")
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
    let _ = (&tensor, &params); // Not used yet: goes with the todo!.
    todo!("the code of each element, with the parameters of its channel")
}
