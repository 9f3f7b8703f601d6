//! A `WindowCache`.

use super::contract::{CacheShape, CacheSizes};
use super::given::Metered;
use caching::WindowCache;
use grader_protocol::Answer;

pub(super) fn new(shape: CacheShape) -> Answer<Metered<WindowCache>> {
    let CacheShape { batch, tokens, n_layers, n_heads, head_dim } = shape;
    Metered::new([batch.unwrap_or(1), n_heads], || match batch {
        None => WindowCache::new(tokens, n_layers, n_heads, head_dim),
        Some(batch) => WindowCache::with_batch(batch, tokens, n_layers, n_heads, head_dim),
    })
}

pub(super) fn sizes(window: &WindowCache) -> CacheSizes {
    let tokens = window.window();
    CacheSizes {
        tokens,
        batch: window.batch(),
        allocated: window.allocated_bytes(),
        ..CacheSizes::default()
    }
}
