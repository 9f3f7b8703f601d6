//! Task `attention`: new tokens attend to all cached tokens.

use tinytorch::Tensor;
use tinytorch::nn::{Linear, MultiHeadAttention};

use crate::{KvCache, Result};

/// Multi-head attention whose keys and values are kept in a [`KvCache`].
///
/// It has the projections of a [`MultiHeadAttention`] and gives the same output, but its input is only
/// the new tokens. You write the attention itself: nothing here may call
/// [`MultiHeadAttention::forward`], directly or indirectly.
#[derive(Clone, Debug)]
pub struct CachedMultiHeadAttention {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    n_heads: usize,
}

impl CachedMultiHeadAttention {
    /// An attention layer with the same weights.
    ///
    /// # Cost
    /// Weights are shared, not copied.
    pub fn new(attention: &MultiHeadAttention) -> Self {
        Self {
            query: attention.query().clone(),
            key: attention.key().clone(),
            value: attention.value().clone(),
            output: attention.output().clone(),
            n_heads: attention.n_heads(),
        }
    }

    /// The number of heads.
    pub fn n_heads(&self) -> usize {
        self.n_heads
    }

    /// The width of input and output.
    pub fn d_model(&self) -> usize {
        self.query.in_features()
    }

    /// Attention of T new tokens. Updates layer `layer` of the cache with their keys and values, but
    /// does *not* advance it: the following layers must still see the same tokens as new.
    ///
    /// Head h has columns `h Dh .. (h + 1) Dh` of each projection. Scores are divided by `sqrt(Dh)`. New
    /// token t (counted from 0) sees the `past_kv.len()` tokens before all new ones, the new ones before
    /// it, and itself. Other tokens must not even be read, so that a NaN in them does no harm.
    ///
    /// # Shapes
    /// `[B, T, D]` to `[B, T, D]`, with any T and the cache's B.
    ///
    /// # Errors
    /// [`CacheError::ShapeMismatch`](crate::CacheError::ShapeMismatch) of `attention` when the input is
    /// not `[B, T, D]` or the cache has other heads; those of [`KvCache::update`]. The cache does not
    /// change in these cases.
    ///
    /// # Cost
    /// `4 B T D^2` multiply-adds for the projections, `2 B D` for each pair of a new token and a token
    /// that it sees. No existing key or value is copied.
    pub fn forward(&self, input: &Tensor, past_kv: &mut KvCache, layer: usize) -> Result<Tensor> {
        let _ = (&self.key, &self.value, &self.output, &input, &past_kv, &layer);
        todo!("project, update the cache, let each new token attend to what it may see")
    }
}
