//! Blocks of 16 outputs, which a register holds.

use crate::{Mask, Result};
use tinytorch::Tensor;

/// Prunes blocks of 16 outputs and one input: of a weight `[inputs, outputs]`, elements `[i, 16 b .. 16 b + 16]`. The last block
/// of a row is shorter if there is a remainder. [`pruned_count`](crate::pruned_count) of the blocks are pruned, those with the
/// least mean magnitude; of equal ones the first, input by input.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `prune_blocks` if there are not two axes or for a sparsity outside of 0 to
/// 1; [`NotFinite`](crate::CompressionError::NotFinite).
pub fn prune_blocks(weight: &Tensor, sparsity: f64) -> Result<Mask> {
    let _ = (&weight, &sparsity); // Not used yet: goes with the todo!.
    todo!("mean magnitude of each block, then as for single weights")
}

/// `x W + b` with a weight of which whole blocks are 0: only the others are stored. One element of the input meets 16 weights,
/// which lie side by side: nothing has to be gathered.
#[derive(Clone, Debug)]
pub struct BlockSparseLinear {
    outputs: usize,
    bias: Vec<f32>,
}

impl BlockSparseLinear {
    /// The layer of a dense weight `[inputs, outputs]`: blocks that hold only zeros are left out.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `BlockSparseLinear::new` if there are not two axes;
    /// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) with the shapes of weight and bias.
    pub fn new(weight: &Tensor, bias: Option<&[f32]>) -> Result<Self> {
        let _ = (&weight, &bias); // Not used yet: goes with the todo!.
        todo!("16 outputs at a time")
    }

    /// # Shapes
    /// `[..., inputs]` to `[..., outputs]`.
    ///
    /// # Errors
    /// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `BlockSparseLinear::forward` with the shapes of input and
    /// weight.
    ///
    /// # Cost
    /// 16 products for each stored block and row of the input.
    pub fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let _ = (&self.outputs, &input); // Not used yet: goes with the todo!.
        todo!("16 sums in a register")
    }

    /// The number of stored blocks.
    pub fn blocks(&self) -> usize {
        todo!("count them")
    }

    /// Bytes of what is stored: values, indices and bias, padding included.
    pub fn nbytes(&self) -> usize {
        let _ = &self.bias; // Not used yet: goes with the todo!.
        todo!("count what the fields hold")
    }
}
