//! A `CachedGpt` and its cache.

use super::cache::{self, WithCache};
use super::contract::{CacheShape, Model, StepReply};
use super::given::{Metered, gpt};
use caching::CachedGpt;
use course_data::array;
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

impl WithCache<CachedGpt> {
    pub(super) fn forward(&mut self, ids: &[Vec<usize>]) -> Answer<StepReply> {
        let WithCache { model, cache } = self;
        let (logits, allocated) = cache.meter.count(|| model.forward(ids, &mut cache.value))?;
        Ok(StepReply::Logits(array(&logits), allocated))
    }
}
