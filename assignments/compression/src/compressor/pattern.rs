//! Where the zeros are.

use crate::Result;
use tinytorch::Tensor;

/// Where the zeros of a matrix `[inputs, outputs]` are. Given.
#[derive(Clone, Debug, PartialEq)]
pub struct SparsityPattern {
    /// The share of zeros.
    pub sparsity: f64,
    /// Non-zero weights of each output.
    pub per_output: Vec<usize>,
    /// Non-zero weights of each input.
    pub per_input: Vec<usize>,
    /// The share of blocks of 16 outputs and one input that hold only zeros, as in [`prune_blocks`](crate::prune_blocks).
    pub zero_blocks: f64,
    /// The longest run of zeros in the matrix, read row by row: a run may go on in the next row.
    pub longest_run: usize,
}

impl SparsityPattern {
    /// Outputs without any weight: only the bias is left of them.
    pub fn dead_outputs(&self) -> usize {
        todo!("count")
    }

    /// Inputs that nothing looks at.
    pub fn unused_inputs(&self) -> usize {
        todo!("count")
    }
}

/// Analyses a weight: a matrix `[inputs, outputs]`, or filters `[filters, channels, height, width]`, whose outputs are the filters and
/// whose inputs are the elements of a filter.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `sparsity_pattern` for another number of axes, or without elements.
pub fn sparsity_pattern(weight: &Tensor) -> Result<SparsityPattern> {
    let _ = &weight; // Not used yet: goes with the todo!.
    todo!("bring filters into the form of a matrix first")
}
