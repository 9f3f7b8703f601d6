//! A `CachedGpt` and its cache.

use super::cache::{self, WithCache};
use super::contract::{CacheShape, Model};
use super::given::{Metered, gpt};
use caching::CachedGpt;
use grader_protocol::Answer;

pub(super) fn new(
    model: Model,
    batch: usize,
    shape: Option<CacheShape>,
) -> Answer<WithCache<CachedGpt>> {
    let model = CachedGpt::new(&gpt(model)?);
    let cache = match shape {
        Some(shape) => cache::new(shape)?,
        None => Metered::new([batch, model.config().n_heads], || model.new_cache(batch))?,
    };
    Ok(WithCache { model, cache })
}
