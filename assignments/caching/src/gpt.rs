//! Task `model`, second part: a GPT that computes only new tokens.

use tinytorch::Tensor;
use tinytorch::models::{Gpt, GptConfig};
use tinytorch::nn::{Embedding, LayerNorm, Linear};

use crate::{CachedTransformerBlock, KvCache, Result};

/// A [`Gpt`] that keeps the keys and values of all its blocks in a [`KvCache`].
///
/// ```
/// use caching::CachedGpt;
/// use tinytorch::pretrained;
///
/// let gpt = pretrained::gpt()?;
/// let model = CachedGpt::new(&gpt);
/// let mut cache = model.new_cache(1)?;
/// let all_at_once = gpt.forward_ids(&[vec![1, 2, 3, 10]])?;
///
/// model.forward(&[vec![1, 2, 3]], &mut cache)?;
/// let last = model.forward(&[vec![10]], &mut cache)?;
/// assert!(last.allclose(&all_at_once.slice_axis(1, 3, 4)?, 1e-5, 1e-5));
/// # Ok::<(), caching::CacheError>(())
/// ```
#[derive(Clone, Debug)]
pub struct CachedGpt {
    config: GptConfig,
    token_embedding: Embedding,
    position_embedding: Embedding,
    blocks: Vec<CachedTransformerBlock>,
    final_norm: LayerNorm,
    head: Linear,
}

impl CachedGpt {
    /// A model with the same weights.
    ///
    /// # Cost
    /// Weights are shared, not copied.
    pub fn new(gpt: &Gpt) -> Self {
        Self {
            config: gpt.config().clone(),
            token_embedding: gpt.token_embedding().clone(),
            position_embedding: gpt.position_embedding().clone(),
            blocks: gpt.blocks().iter().map(CachedTransformerBlock::new).collect(),
            final_norm: gpt.final_norm().clone(),
            head: gpt.head().clone(),
        }
    }

    /// The sizes of the model.
    pub fn config(&self) -> &GptConfig {
        &self.config
    }

    /// The model's blocks, first to last.
    pub fn blocks(&self) -> &[CachedTransformerBlock] {
        &self.blocks
    }

    /// An empty cache for `batch` sequences of the model's maximum length.
    ///
    /// # Errors
    /// [`CacheError::BadSize`](crate::CacheError::BadSize) when `batch` is 0.
    pub fn new_cache(&self, batch: usize) -> Result<KvCache> {
        let _ = &batch; // Not used yet: goes with the todo!.
        todo!("the model's sizes; a head is d_model / n_heads wide")
    }

    /// The scores of the next token at each of the new positions, and only at those. New token t has
    /// the position `past_kv.len() + t`. Advances the cache by T.
    ///
    /// # Shapes
    /// B sequences of T new ids to `[B, T, V]`, where B is that of the cache. T is at least 1: a whole
    /// prompt, a part of one, or a single token.
    ///
    /// # Errors
    /// Checked in this order: [`CacheError::ShapeMismatch`](crate::CacheError::ShapeMismatch) of
    /// `forward` when the cache has other layers or heads than the model;
    /// [`CacheError::BadPrompt`](crate::CacheError::BadPrompt) when there are not B sequences of the
    /// same length, or no tokens, or an id is not in the vocabulary;
    /// [`CacheError::Overflow`](crate::CacheError::Overflow) when the new tokens do not fit into the
    /// cache, or exceed the positions of the model (`max_seq_len` is then the smaller of both). The
    /// cache does not change in these cases and remains usable.
    pub fn forward(&self, ids: &[Vec<usize>], past_kv: &mut KvCache) -> Result<Tensor> {
        let _ = &self.token_embedding;
        let _ = &self.position_embedding;
        let _ = &self.head;
        let _ = &self.final_norm;
        let _ = &ids;
        let _ = &past_kv;
        todo!("check everything, go through the layers, advance once")
    }
}
