//! Task `flops`: the amount of arithmetic in a model, layer by layer.
//!
//! The convention on which every number here depends (papers and tools differ by factors of two):
//!
//! - a multiply-accumulate is **2** FLOPs,
//! - adding a bias is **1** FLOP per output element,
//! - everything else (activations, pooling, normalization, look-ups, softmax, residual additions) counts **0**: it
//!   is a small part of the arithmetic, though not always of the time,
//! - the count is dense: it includes multiplications with the zeros of a padding and the attention scores that a
//!   causal mask discards, because libraries compute them too.

mod report;
mod shapes;

use crate::Result;
pub use report::{FlopReport, LayerFlops};
pub use shapes::ConvShape;
use tinytorch::{Layer, NamedSpec};

/// Counts floating-point operations from shapes alone: nothing is executed.
#[derive(Clone, Copy, Debug, Default)]
pub struct FlopCounter;

impl FlopCounter {
    /// A counter.
    pub fn new() -> Self {
        Self
    }

    /// FLOPs of `x W + b`.
    ///
    /// Each output element is a sum of `in_features` products. With R rows (the product of all leading dimensions),
    /// that is 2 R in out, plus R out with a bias.
    ///
    /// # Shapes
    /// `[.., in_features]` with any leading dimensions, or none. A dimension of size 0 gives 0.
    ///
    /// # Errors
    /// [`ProfileError::Shape`](crate::ProfileError::Shape) of `linear` when the last dimension is
    /// not `in_features` or there is none.
    pub fn linear(
        &self,
        input: &[usize],
        in_features: usize,
        out_features: usize,
        bias: bool,
    ) -> Result<u64> {
        let _ = (&input, &in_features, &out_features, &bias); // Not used yet: goes with the todo!.
        todo!(
            "check the last dimension, then count two FLOPs a weight and one a bias, for each row"
        )
    }

    /// FLOPs of a 2-D convolution.
    ///
    /// In each direction the output has (size + 2 padding - kernel) / stride + 1 elements, rounded
    /// down. Each output element is a sum of `in_channels` kh kw products.
    ///
    /// # Shapes
    /// `[N, C, H, W]`, batch, channels, height, width.
    ///
    /// # Errors
    /// [`ProfileError::Shape`](crate::ProfileError::Shape) of `conv2d` when the input does not have
    /// four dimensions or C is not `in_channels`, when a side of kernel or stride is 0, or when
    /// the kernel is larger than the padded image.
    pub fn conv2d(&self, input: &[usize], conv: &ConvShape) -> Result<u64> {
        let _ = (&input, &conv); // Not used yet: goes with the todo!.
        todo!(
            "find the output's shape, then count two FLOPs a filter weight and one a bias, for each output element"
        )
    }

    /// FLOPs of multi-head self-attention: four projections `[D, D]` with bias (query, key, value, output), each
    /// applied to **every one** of the B T tokens, then two products per head: the scores Q K^T and their weighted
    /// sum of V.
    ///
    /// Write down the shapes of the two products for one head of width D / heads, multiply by the number of heads,
    /// and see what cancels.
    ///
    /// # Shapes
    /// `[B, T, D]`: batch, tokens, width.
    ///
    /// # Errors
    /// [`ProfileError::Shape`](crate::ProfileError::Shape) of `attention` when the input does not
    /// have three dimensions, D is not `d_model`, or `n_heads` is 0 or does not divide `d_model`.
    pub fn attention(&self, input: &[usize], d_model: usize, n_heads: usize) -> Result<u64> {
        let _ = (&input, &d_model, &n_heads); // Not used yet: goes with the todo!.
        todo!("add up the four projections, the scores and the weighted sum")
    }

    /// FLOPs of each layer in sequence: each takes the output of the one before.
    ///
    /// | layer | takes | gives |
    /// |---|---|---|
    /// | `Linear` | `[.., in_features]` | `[.., out_features]` |
    /// | `Conv2d` | `[N, in_channels, H, W]` | `[N, out_channels, H', W']` |
    /// | `MaxPool2d` | `[N, C, H, W]` | `[N, C, H', W']`, like a convolution without padding |
    /// | `Flatten` | `[N, ..]` | `[N, product of the other dimensions]` |
    /// | `Embedding` | `[..]`, ids | `[.., dim]` |
    /// | `LayerNorm` | `[.., dim]` | the same |
    /// | `Attention` | `[B, T, d_model]` | the same |
    /// | `Relu`, `Gelu`, `Softmax` | any shape | the same |
    ///
    /// One exception: an `Embedding` directly after an `Embedding` looks up the same tokens' positions in a second
    /// table, and the rows are added. It takes `[.., dim]` and returns the same shape.
    ///
    /// # Errors
    /// [`ProfileError::Shape`](crate::ProfileError::Shape) of the first layer that does not accept its input, with
    /// the operation `linear`, `conv2d`, `max_pool2d`, `flatten`, `embedding`, `layer_norm` or `attention`.
    pub fn layers(&self, layers: &[NamedSpec], input: &[usize]) -> Result<FlopReport> {
        let _ = (&layers, &input); // Not used yet: goes with the todo!.
        todo!("go through the layers, count each, and carry the shape from one to the next")
    }

    /// FLOPs of a whole model, from its own description ([`Layer::specs`]).
    ///
    /// # Errors
    /// Those of [`layers`](Self::layers).
    pub fn model(&self, model: &dyn Layer, input: &[usize]) -> Result<FlopReport> {
        let _ = (&model, &input); // Not used yet: goes with the todo!.
        todo!("count the layers that the model is made of")
    }
}
