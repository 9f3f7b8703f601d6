//! A `WindowCache`.

use super::contract::{Array, CacheShape, CacheSizes, StepReply};
use super::given::Metered;
use caching::WindowCache;
use course_data::{array, tensor};
use grader_protocol::Answer;

pub(super) fn new(shape: CacheShape) -> Answer<Metered<WindowCache>> {
    let CacheShape { batch, tokens, n_layers, n_heads, head_dim } = shape;
    Metered::new(shape, || match batch {
        None => WindowCache::new(tokens, n_layers, n_heads, head_dim),
        Some(batch) => WindowCache::with_batch(batch, tokens, n_layers, n_heads, head_dim),
    })
}

impl Metered<WindowCache> {
    pub(super) fn put(&mut self, layer: usize, k: &Array, v: &Array) -> Answer<StepReply> {
        let k = tensor(k)?;
        let v = tensor(v)?;
        self.change(|cache| cache.push(layer, &k, &v))
    }

    pub(super) fn attend(&mut self, layer: usize, q: &Array, k: &Array, v: &Array) -> Answer<StepReply> {
        let output = self.value.attend(layer, &tensor(q)?, &tensor(k)?, &tensor(v)?)?;
        Ok(StepReply::Output(array(&output)))
    }

    pub(super) fn sizes(&self) -> CacheSizes {
        let cache = &self.value;
        CacheSizes {
            tokens: cache.window(),
            batch: cache.batch(),
            allocated: cache.allocated_bytes(),
            ..CacheSizes::default()
        }
    }
}
