//! The functions whose speed is measured, as kernels of a bench. The same file is built around the
//! student's crate and around the reference, of which the baseline uses nothing: it is the foundation's
//! model, computing everything again. It knows nothing of right or wrong.
//!
//! A kernel is left out when the interface of its task does not compile (`--cfg missing_model`):
//! nothing of such a task is measured.

#![allow(unexpected_cfgs, reason = "`missing_*` is set only when a submission is compiled")]

use super::contract::{DecodeModel, DecodeState};
use grader_driver::timed::{Bench, Kernel, decode, encode};
use grader_protocol::{Answer, Bytes, Floats, StudentError};
use tinytorch::models::Gpt;
use tinytorch::{Tensor, TensorError};

/// Every kernel that there is.
pub fn bench() -> Bench {
    let bench = Bench::default().with::<Recompute>("recompute");
    #[cfg(not(missing_model))]
    let bench = bench.with::<cached::Decode>("decode");
    bench
}

fn foundation(error: &TensorError) -> StudentError {
    StudentError { kind: "Tensor".into(), message: error.to_string() }
}

/// The model, and the beginning of the prompt.
fn prepared(model: &Bytes) -> Answer<(Gpt, Vec<usize>)> {
    let DecodeModel { sizes, weights, prompt } = decode(&model.0)?;
    let weights = weights.into_iter().map(|Floats(weight)| weight).collect();
    let gpt = course_data::gpt(sizes, weights).map_err(|error| foundation(&error))?;
    Ok((gpt, prompt))
}

/// The scores of the last position.
fn last_row(logits: &Tensor) -> Vec<f32> {
    let width = logits.shape().last().copied().unwrap_or(0);
    let mut rows = logits.to_vec();
    rows.drain(..rows.len() - width.min(rows.len()));
    rows
}

/// The tokens after the prompt, one after the other, each with everything before it: the scores after
/// each.
#[derive(Default)]
struct Recompute {
    ready: Option<Whole>,
}

/// A model and a whole prompt.
struct Whole {
    fixed: Bytes,
    gpt: Gpt,
    /// How long the beginning of the prompt is.
    beginning: usize,
    prompt: Vec<usize>,
}

impl Kernel for Recompute {
    type Input = Vec<usize>;
    type Output = Vec<f32>;

    fn set_up(&mut self, state: &[u8]) -> Answer<()> {
        let DecodeState { model: fixed, end } = decode(state)?;
        let known = self.ready.take().filter(|ready| ready.fixed == fixed);
        let mut ready = if let Some(ready) = known {
            ready
        } else {
            let (gpt, prompt) = prepared(&fixed)?;
            Whole { fixed, gpt, beginning: prompt.len(), prompt }
        };
        ready.prompt.truncate(ready.beginning);
        ready.prompt.extend(&end);
        // A cache takes these tokens in here. This side does as much with them, so that it is free on the other.
        let _ = ready.gpt.forward_ids(&[end]).map_err(|error| foundation(&error))?;
        self.ready = Some(ready);
        Ok(())
    }

    fn load(&mut self, input: &[u8]) -> Answer<Vec<usize>> {
        decode(input)
    }

    fn call(&mut self, tokens: &mut Vec<usize>) -> Answer<Vec<f32>> {
        let Some(Whole { gpt, prompt, .. }) = &self.ready else { return Ok(Vec::new()) };
        let mut ids = vec![prompt.clone()];
        let mut scores = Vec::new();
        for token in tokens.iter() {
            ids[0].push(*token);
            let logits = gpt.forward_ids(&ids).map_err(|error| foundation(&error))?;
            scores.extend(last_row(&logits));
        }
        Ok(scores)
    }

    fn fetch(&mut self, scores: Vec<f32>) -> Answer<Vec<u8>> {
        encode(&Floats(scores))
    }
}

#[cfg(not(missing_model))]
mod cached {
    use super::{
        Answer, Bytes, DecodeState, Floats, Kernel, StudentError, decode, encode, last_row,
        prepared,
    };
    use caching::{CacheError, CachedGpt, KvCache};

    /// A model whose cache holds a prompt.
    struct ReadyModel {
        fixed: Bytes,
        model: CachedGpt,
        cache: KvCache,
        /// How long the beginning of the prompt is.
        beginning: usize,
        /// And all of it.
        prompt: usize,
    }

    /// The same with a cache: it is truncated to the prompt, then the tokens go through one by one.
    #[derive(Default)]
    pub(super) struct Decode {
        ready: Option<ReadyModel>,
    }

    fn refused(error: &CacheError) -> StudentError {
        StudentError::of(error)
    }

    impl ReadyModel {
        fn new(fixed: Bytes) -> Answer<Self> {
            let (gpt, prompt) = prepared(&fixed)?;
            let model = CachedGpt::new(&gpt);
            let mut cache = model.new_cache(1).map_err(|error| refused(&error))?;
            let beginning = prompt.len();
            let _ = model.forward(&[prompt], &mut cache).map_err(|error| refused(&error))?;
            Ok(Self { fixed, model, cache, beginning, prompt: beginning })
        }

        fn end_with(&mut self, end: Vec<usize>) -> Result<(), CacheError> {
            self.cache.truncate(self.beginning)?;
            self.prompt = self.beginning + end.len();
            self.model.forward(&[end], &mut self.cache).map(drop)
        }
    }

    impl Kernel for Decode {
        type Input = Vec<usize>;
        type Output = Vec<f32>;

        fn set_up(&mut self, state: &[u8]) -> Answer<()> {
            let DecodeState { model: fixed, end } = decode(state)?;
            // The beginning of the prompt goes through once, before pairs count; each batch has another end.
            let known = self.ready.take().filter(|ready| ready.fixed == fixed);
            let mut ready = match known {
                Some(ready) => ready,
                None => ReadyModel::new(fixed)?,
            };
            ready.end_with(end).map_err(|error| refused(&error))?;
            self.ready = Some(ready);
            Ok(())
        }

        fn load(&mut self, input: &[u8]) -> Answer<Vec<usize>> {
            decode(input)
        }

        fn call(&mut self, tokens: &mut Vec<usize>) -> Answer<Vec<f32>> {
            let Some(ReadyModel { model, cache, prompt, .. }) = &mut self.ready else {
                return Ok(Vec::new());
            };
            cache.truncate(*prompt).map_err(|error| refused(&error))?;
            let mut scores = Vec::new();
            for token in tokens.iter() {
                let logits = model.forward(&[vec![*token]], cache);
                scores.extend(last_row(&logits.map_err(|error| refused(&error))?));
            }
            Ok(scores)
        }

        fn fetch(&mut self, scores: Vec<f32>) -> Answer<Vec<u8>> {
            encode(&Floats(scores))
        }
    }
}
