//! Task `model`, first part: a block that computes only new tokens.

use tinytorch::Tensor;
use tinytorch::nn::{LayerNorm, Linear, TransformerBlock};

use crate::{CachedMultiHeadAttention, KvCache, Result};

/// A [`TransformerBlock`] whose attention keeps its keys and values in a [`KvCache`].
#[derive(Clone, Debug)]
pub struct CachedTransformerBlock {
    ln1: LayerNorm,
    attention: CachedMultiHeadAttention,
    ln2: LayerNorm,
    fc1: Linear,
    fc2: Linear,
}

impl CachedTransformerBlock {
    /// A block with the same weights.
    ///
    /// # Cost
    /// Weights are shared, not copied.
    pub fn new(block: &TransformerBlock) -> Self {
        Self {
            ln1: block.ln1().clone(),
            attention: CachedMultiHeadAttention::new(block.attn()),
            ln2: block.ln2().clone(),
            fc1: block.fc1().clone(),
            fc2: block.fc2().clone(),
        }
    }

    /// The block's attention.
    pub fn attention(&self) -> &CachedMultiHeadAttention {
        &self.attention
    }

    /// The block on T new tokens: `y = x + attention(ln1(x))`, then `y + fc2(gelu(fc1(ln2(y))))`. Updates
    /// layer `layer` of the cache, but does *not* advance it.
    ///
    /// # Shapes
    /// `[B, T, D]` to `[B, T, D]`.
    ///
    /// # Errors
    /// Those of [`CachedMultiHeadAttention::forward`], and
    /// [`CacheError::Tensor`](crate::CacheError::Tensor) when the input is not D wide.
    pub fn forward(&self, input: &Tensor, past_kv: &mut KvCache, layer: usize) -> Result<Tensor> {
        let _ = (&self.ln1, &self.fc1, &self.ln2, &self.fc2, &input, &past_kv, &layer);
        todo!("normalize, attend and add; normalize, two layers with a GELU, and add")
    }
}
