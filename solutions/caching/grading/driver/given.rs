//! Models, and a student's cache whose allocations are counted.

#![allow(dead_code, reason = "some of it is for tasks that may be missing")]

use super::contract::{Model, Rows, StepReply};
use caching::{CacheError, KvView};
use course_data::{Meter, drawn_gpt};
use grader_protocol::{Answer, Floats};
use tinytorch::models::Gpt;
use tinytorch::pretrained;

pub(super) fn gpt(model: Model) -> Answer<Gpt> {
    Ok(match model {
        Model::Trained => pretrained::gpt()?,
        Model::Drawn(sizes, seed) => drawn_gpt(sizes, seed)?,
    })
}

/// A cache or a window, and the bytes that its calls allocate.
pub(super) struct Metered<T> {
    pub(super) value: T,
    pub(super) meter: Meter,
    /// Sequences and heads of its views.
    views: [usize; 2],
}

impl<T> Metered<T> {
    /// Its views have that many sequences and heads.
    pub(super) fn new(
        views: [usize; 2],
        make: impl FnOnce() -> Result<T, CacheError>,
    ) -> Answer<Self> {
        let meter = Meter::default();
        Ok(Self { value: make()?, meter, views })
    }

    /// A call that gives nothing.
    pub(super) fn change(
        &mut self,
        call: impl FnOnce(&mut T) -> Result<(), CacheError>,
    ) -> Answer<StepReply> {
        let ((), allocated) = self.meter.count(|| call(&mut self.value))?;
        Ok(StepReply::Done { allocated })
    }

    /// All that a view shows.
    pub(super) fn rows<'a>(
        &'a self,
        get: impl FnOnce(&'a T) -> Result<KvView<'a>, CacheError>,
    ) -> Answer<StepReply> {
        let [batch, heads] = self.views;
        let pairs = || (0..batch).flat_map(|b| (0..heads).map(move |h| (b, h)));
        let (view, allocated) = self.meter.count(|| {
            let view = get(&self.value)?;
            for (b, h) in pairs() {
                let _ = (view.keys(b, h), view.values(b, h));
            }
            Ok::<_, CacheError>(view)
        })?;
        Ok(StepReply::Rows(Rows {
            len: view.len(),
            keys: pairs().map(|(b, h)| Floats(view.keys(b, h).concat())).collect(),
            values: pairs().map(|(b, h)| Floats(view.values(b, h).concat())).collect(),
            allocated,
        }))
    }
}
