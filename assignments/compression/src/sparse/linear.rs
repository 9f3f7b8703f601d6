//! A linear layer whose weight is sparse.

use crate::{CsrMatrix, Result};
use tinytorch::Tensor;

/// `x W + b` with a sparse weight `[inputs, outputs]`. It keeps what it needs in a form that is fast to read: see
/// [`nbytes`](SparseLinear::nbytes).
///
/// A weight that is not stored is not multiplied: where the dense layer has NaN because of 0 times infinity, or 0 times NaN,
/// this one has the sum of the other products.
#[derive(Clone, Debug)]
pub struct SparseLinear {
    outputs: usize,
    bias: Vec<f32>,
}

impl SparseLinear {
    /// The layer whose weight, transposed, is this matrix: row `j` holds the weights of output `j`.
    ///
    /// # Errors
    /// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `SparseLinear::new`, with the shapes of matrix and bias, if
    /// there is not one bias for each output; [`BadValue`](crate::CompressionError::BadValue) for more than 65,535 inputs.
    pub fn new(transposed: &CsrMatrix, bias: Option<&[f32]>) -> Result<Self> {
        let _ = (&transposed, &bias); // Not used yet: goes with the todo!.
        todo!("a layout that the kernel likes")
    }

    /// The layer of a dense weight `[inputs, outputs]`, whose zeros are left out.
    ///
    /// # Errors
    /// Those of [`CsrMatrix::from_dense`] and [`SparseLinear::new`].
    pub fn from_dense(weight: &Tensor, bias: Option<&[f32]>) -> Result<Self> {
        let _ = (&weight, &bias); // Not used yet: goes with the todo!.
        todo!("transpose first")
    }

    /// # Shapes
    /// `[..., inputs]` to `[..., outputs]`.
    ///
    /// # Errors
    /// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `SparseLinear::forward` with the shapes of input and weight.
    ///
    /// # Cost
    /// One product for each stored value and row of the input. A single row gathers its elements; many rows are better
    /// transposed first, so that one value meets many rows at once.
    pub fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let _ = (&self.outputs, &self.bias, &input); // Not used yet: goes with the todo!.
        todo!("one kernel for few rows, one for many")
    }

    /// Bytes of what is stored: values, indices, row starts and bias, padding included.
    pub fn nbytes(&self) -> usize {
        let _ = &self.bias; // Not used yet: goes with the todo!.
        todo!("count what the fields hold")
    }
}
