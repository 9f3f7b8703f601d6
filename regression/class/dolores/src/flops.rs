//! Task `flops`: how much arithmetic a model does, layer by layer.
//!
//! The convention, which every number here depends on (papers and tools differ, by factors of two):
//!
//! - a multiply-accumulate is **2** FLOPs,
//! - adding a bias is **1** FLOP for each output element,
//! - everything else (activations, pooling, normalization, look-ups, softmax, residual additions)
//!   counts **0**: it is a small part of the arithmetic, though not always of the time,
//! - the count is dense: multiplications with the zeros of a padding count, and so do the
//!   attention scores that a causal mask throws away, because libraries compute them too.

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
    /// Each output element is a sum of `in_features` products: with R rows (the product of all
    /// leading dimensions) 2 R in out, and R out more with a bias.
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

    /// FLOPs of multi-head self-attention: four projections `[D, D]` with bias (query, key, value,
    /// output), each applied to **every one** of the B T tokens, then two products for each head,
    /// the scores Q K^T and their weighted sum of V.
    ///
    /// Write down the shapes of the two products for one head of width D / heads, multiply by the
    /// number of heads, and see what cancels.
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

    /// FLOPs of each layer in turn, where each takes what the one before gives.
    ///
    /// | layer | takes | gives |
    /// |---|---|---|
    /// | `Linear` | `[.., in_features]` | `[.., out_features]` |
    /// | `Conv2d` | `[N, in_channels, H, W]` | `[N, out_channels, H', W']` |
    /// | `MaxPool2d` | `[N, C, H, W]` | `[N, C, H', W']`, as a convolution without padding |
    /// | `Flatten` | `[N, ..]` | `[N, product of the others]` |
    /// | `Embedding` | `[..]`, ids | `[.., dim]` |
    /// | `LayerNorm` | `[.., dim]` | the same |
    /// | `Attention` | `[B, T, d_model]` | the same |
    /// | `Relu`, `Gelu`, `Softmax` | any shape | the same |
    ///
    /// One exception: an `Embedding` right after an `Embedding` looks up the same ids in a second
    /// table (their positions), and the rows are added. It takes `[.., dim]` and gives the same.
    ///
    /// # Errors
    /// [`ProfileError::Shape`](crate::ProfileError::Shape) of the first layer that cannot take what
    /// it gets, with the operation `linear`, `conv2d`, `max_pool2d`, `flatten`, `embedding`,
    /// `layer_norm` or `attention`.
    pub fn layers(&self, layers: &[NamedSpec], input: &[usize]) -> Result<FlopReport> {
        let _ = (&layers, &input); // Not used yet: goes with the todo!.
        todo!("go through the layers, count each, and carry the shape from one to the next")
    }

    /// FLOPs of a whole model, from what it says about itself ([`Layer::specs`]).
    ///
    /// # Errors
    /// As [`layers`](Self::layers).
    pub fn model(&self, model: &dyn Layer, input: &[usize]) -> Result<FlopReport> {
        let _ = (&model, &input); // Not used yet: goes with the todo!.
        todo!("count the layers that the model is made of")
    }
}
