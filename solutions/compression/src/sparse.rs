//! Task `sparse`: products that skip the zeros.

// BEGIN SOLUTION: -
mod batch;
// END SOLUTION
mod blocks;
mod csr;
mod linear;

pub use blocks::{BlockSparseLinear, prune_blocks};
pub use csr::CsrMatrix;
pub use linear::SparseLinear;
// BEGIN SOLUTION: -

use crate::{CompressionError, Result};
use tinytorch::Tensor;

/// A matrix with rows and columns exchanged.
fn transposed(weight: &Tensor) -> Result<Tensor> {
    if weight.ndim() == 2 {
        return Ok(weight.t()?);
    }
    let reason = format!("a tensor {:?}: use a matrix [inputs, outputs]", weight.shape());
    Err(CompressionError::value("CsrMatrix::from_dense", reason))
}

/// One bias for each output, 0 if there is none.
fn checked_bias(
    operation: &'static str,
    weight: &[usize],
    outputs: usize,
    bias: Option<&[f32]>,
) -> Result<Vec<f32>> {
    let Some(bias) = bias else { return Ok(vec![0.0; outputs]) };
    if bias.len() == outputs {
        return Ok(bias.to_vec());
    }
    let (left, right) = (weight.to_vec(), vec![bias.len()]);
    let reason = format!("one bias for each of {outputs} outputs");
    Err(CompressionError::ShapeMismatch { operation, left, right, reason })
}

/// The shape of the output.
fn checked_input(
    operation: &'static str,
    input: &Tensor,
    inputs: usize,
    outputs: usize,
) -> Result<Vec<usize>> {
    if let Some((last, leading)) = input.shape().split_last()
        && *last == inputs
    {
        return Ok([leading, &[outputs]].concat());
    }
    let (left, right) = (input.shape().to_vec(), vec![inputs, outputs]);
    let reason = format!("the last dimension must be {inputs}");
    Err(CompressionError::ShapeMismatch { operation, left, right, reason })
}
// END SOLUTION
