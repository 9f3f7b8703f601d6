//! Task `model`, second part: a GPT that computes only new tokens.

// BEGIN SOLUTION: -
use tinytorch::Layer;
// END SOLUTION
use tinytorch::Tensor;
use tinytorch::models::{Gpt, GptConfig};
use tinytorch::nn::{Embedding, LayerNorm, Linear};

// BEGIN SOLUTION: -
use crate::CacheError;
use crate::kernels::linear;
// END SOLUTION
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
        // BEGIN SOLUTION: the model's sizes; a head is d_model / n_heads wide
        let GptConfig { max_seq_len, d_model, n_heads, n_layers, .. } = self.config;
        KvCache::with_batch(batch, max_seq_len, n_layers, n_heads, d_model / n_heads)
        // END SOLUTION
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
        // BEGIN SOLUTION: check everything, go through the layers, advance once
        let tokens = self.check(ids, past_kv)?;
        let start = past_kv.len();
        let vectors = self.token_embedding.forward_ids(&ids.concat(), &[ids.len(), tokens])?;
        let positions = self.position_embedding.weight().slice_axis(0, start, start + tokens)?;
        let hidden = self.through_blocks(vectors.add(&positions)?, past_kv);
        if hidden.is_err() {
            past_kv.forget_new();
        }
        let logits = linear(&self.head, &self.final_norm.forward(&hidden?)?)?;
        past_kv.advance(tokens)?;
        Ok(logits)
        // END SOLUTION
    }

    // BEGIN SOLUTION: -
    fn through_blocks(&self, mut hidden: Tensor, past_kv: &mut KvCache) -> Result<Tensor> {
        for (layer, block) in self.blocks.iter().enumerate() {
            hidden = block.forward(&hidden, past_kv, layer)?;
        }
        Ok(hidden)
    }

    /// Checks that ids and cache fit the model and each other, and returns T.
    pub(crate) fn check(&self, ids: &[Vec<usize>], cache: &KvCache) -> Result<usize> {
        let GptConfig { vocab_size, max_seq_len, d_model, n_heads, n_layers } = self.config;
        let storage = cache.storage();
        let got = [cache.n_layers(), storage.n_heads, storage.head_dim];
        let wanted = [n_layers, n_heads, d_model / n_heads];
        if got != wanted {
            let expected = format!("{wanted:?}: layers, heads, and their width");
            let got = got.to_vec();
            return Err(CacheError::ShapeMismatch { operation: "forward", got, expected });
        }
        let tokens = same_length(ids, cache.batch())?;
        if let Some(id) = ids.iter().flatten().find(|id| **id >= vocab_size) {
            let reason = format!("{id} is not below the vocabulary's size, {vocab_size}");
            return Err(CacheError::BadPrompt { reason });
        }
        let len = cache.len();
        let longest = max_seq_len.min(cache.max_seq_len());
        if tokens > longest.saturating_sub(len) {
            return Err(CacheError::Overflow { len, tokens, max_seq_len: longest });
        }
        Ok(tokens)
    }
    // END SOLUTION
}

// BEGIN SOLUTION: -
fn same_length(ids: &[Vec<usize>], batch: usize) -> Result<usize> {
    let refuse = |reason| Err(CacheError::BadPrompt { reason });
    if ids.len() != batch {
        return refuse(format!("{} sequences, the cache is for {batch}", ids.len()));
    }
    let tokens = ids.first().map_or(0, Vec::len);
    if tokens == 0 {
        return refuse("a sequence has no tokens: give at least one".into());
    }
    match ids.iter().position(|row| row.len() != tokens) {
        Some(at) => refuse(format!("sequence {at} has another length than sequence 0")),
        None => Ok(tokens),
    }
}
// END SOLUTION
