//! A `KvCache`, alone or with a model.

use super::contract::{Array, CacheShape, CacheSizes, StepReply};
use super::given::Metered;
use caching::KvCache;
use course_data::tensor;
use grader_protocol::Answer;

pub(super) fn new(shape: CacheShape) -> Answer<Metered<KvCache>> {
    let CacheShape { batch, tokens, n_layers, n_heads, head_dim } = shape;
    Metered::new(shape, || match batch {
        None => KvCache::new(tokens, n_layers, n_heads, head_dim),
        Some(batch) => KvCache::with_batch(batch, tokens, n_layers, n_heads, head_dim),
    })
}

impl Metered<KvCache> {
    pub(super) fn put(&mut self, layer: usize, k: &Array, v: &Array) -> Answer<StepReply> {
        let k = tensor(k)?;
        let v = tensor(v)?;
        self.change(|cache| cache.update(layer, &k, &v))
    }

    pub(super) fn sizes(&self) -> CacheSizes {
        let cache = &self.value;
        CacheSizes {
            len: cache.len(),
            is_empty: cache.is_empty(),
            tokens: cache.max_seq_len(),
            batch: cache.batch(),
            n_layers: cache.n_layers(),
            allocated: cache.allocated_bytes(),
            used: cache.used_bytes(),
        }
    }
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
