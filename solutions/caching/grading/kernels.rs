//! The functions whose speed is measured, as kernels of a bench. The same file is built around the
//! student's crate and around the reference, of which the baseline uses nothing: it is the foundation's
//! model, computing everything again. It knows nothing of right or wrong.
//!
//! A kernel is left out when the interface of its task does not compile (`--cfg missing_model`):
//! nothing of such a task is measured.

use grader_driver::timed::{Bench, Kernel, decode, encode};
use grader_protocol::{Answer, Bytes, Floats, StudentError};
use tinytorch::models::{Gpt, GptConfig};
use std::collections::HashMap;
use tinytorch::{Layer as _, Rng, Tensor, TensorError};

/// Every kernel that there is.
pub fn bench() -> Bench {
    let bench = Bench::default().with::<Recompute>("recompute");
    #[cfg(not(any(missing_model, missing_cache)))]
    let bench = bench.with::<cached::Decode>("decode");
    bench
}

/// The state of both kernels: what stays the same in a measurement, encoded, and the end of the prompt, which does not.
type State = (Bytes, Vec<usize>);

/// What stays the same: vocabulary, longest sequence, width, heads and layers of a model, its parameters by name with
/// their shapes, and the beginning of a prompt.
type Fixed = ([usize; 5], Vec<(String, Vec<usize>, Floats)>, Vec<usize>);

fn foundation(error: &TensorError) -> StudentError {
    StudentError { kind: "Tensor".into(), message: error.to_string() }
}

/// The model, and the beginning of the prompt.
fn prepared(fixed: &Bytes) -> Answer<(Gpt, Vec<usize>)> {
    let (sizes, parameters, prompt): Fixed = decode(&fixed.0)?;
    Ok((model(sizes, parameters).map_err(|error| foundation(&error))?, prompt))
}

fn model(
    [vocab_size, max_seq_len, d_model, n_heads, n_layers]: [usize; 5],
    parameters: Vec<(String, Vec<usize>, Floats)>,
) -> Result<Gpt, TensorError> {
    let config = GptConfig { vocab_size, max_seq_len, d_model, n_heads, n_layers };
    let mut gpt = Gpt::new(config, &mut Rng::new(0))?;
    let mut tensors = HashMap::new();
    for (name, shape, Floats(data)) in parameters {
        tensors.insert(name, Tensor::from_vec(data, &shape)?);
    }
    // Not by `load_parameters`, for the call audit: see the driver.
    for (name, parameter) in gpt.parameters_mut() {
        parameter.clone_from(&tensors[&name]);
    }
    Ok(gpt)
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
        let (fixed, end): State = decode(state)?;
        let known = self.ready.take().filter(|ready| ready.fixed == fixed);
        let mut ready = match known {
            Some(ready) => ready,
            None => {
                let (gpt, prompt) = prepared(&fixed)?;
                Whole { fixed, gpt, beginning: prompt.len(), prompt }
            }
        };
        ready.prompt.truncate(ready.beginning);
        ready.prompt.extend(&end);
        // A cache takes these tokens in here. This side does as much with them, so that it is free on the other.
        ready.gpt.forward_ids(&[end]).map_err(|error| foundation(&error))?;
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

#[cfg(not(any(missing_model, missing_cache)))]
mod cached {
    use super::{
        Answer, Bytes, Floats, Kernel, State, StudentError, decode, encode, last_row, prepared,
    };
    use caching::{CacheError, CachedGpt, KvCache};

    /// A model whose cache holds a prompt.
    struct Ready {
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
        ready: Option<Ready>,
    }

    fn refused(error: &CacheError) -> StudentError {
        StudentError::of(error)
    }

    impl Ready {
        fn new(fixed: Bytes) -> Answer<Self> {
            let (gpt, prompt) = prepared(&fixed)?;
            let model = CachedGpt::new(&gpt);
            let mut cache = model.new_cache(1).map_err(|error| refused(&error))?;
            let beginning = prompt.len();
            model.forward(&[prompt], &mut cache).map_err(|error| refused(&error))?;
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
            let (fixed, end): State = decode(state)?;
            // The beginning of the prompt goes through once, before pairs count; each batch has another end.
            let known = self.ready.take().filter(|ready| ready.fixed == fixed);
            let mut ready = match known {
                Some(ready) => ready,
                None => Ready::new(fixed)?,
            };
            ready.end_with(end).map_err(|error| refused(&error))?;
            self.ready = Some(ready);
            Ok(())
        }

        fn load(&mut self, input: &[u8]) -> Answer<Vec<usize>> {
            decode(input)
        }

        fn call(&mut self, tokens: &mut Vec<usize>) -> Answer<Vec<f32>> {
            let Some(Ready { model, cache, prompt, .. }) = &mut self.ready else {
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
