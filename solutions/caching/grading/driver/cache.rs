//! A `KvCache`, alone or with a model.

use super::contract::CacheShape;
use super::given::Metered;
use caching::KvCache;
use grader_protocol::Answer;

pub(super) fn new(shape: CacheShape) -> Answer<Metered<KvCache>> {
    let CacheShape { batch, tokens, n_layers, n_heads, head_dim } = shape;
    Metered::new([batch.unwrap_or(1), n_heads], || match batch {
        None => KvCache::new(tokens, n_layers, n_heads, head_dim),
        Some(batch) => KvCache::with_batch(batch, tokens, n_layers, n_heads, head_dim),
    })
}

/// An attention, a block or a model, and its cache.
pub(super) struct WithCache<T> {
    pub(super) model: T,
    pub(super) cache: Metered<KvCache>,
}

impl<T> WithCache<T> {
    #[allow(dead_code, reason = "unused when every task with a layer is missing")]
    pub(super) fn new(model: T, shape: CacheShape) -> Answer<Self> {
        Ok(Self { model, cache: new(shape)? })
    }
}
