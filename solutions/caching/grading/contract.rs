//! The requests to a `caching` submission, and how the driver answers them.

pub use course_data::{Array, Sizes};
use grader_protocol::{Answer, Bytes, Floats};
use serde::{Deserialize, Serialize};

grader_protocol::contract! {
    /// The functions that students of `caching` write.
    pub trait Caching;

    #[derive(Copy)]
    mirror struct Options -> caching::GenerateOptions in generate {
        max_new_tokens: usize, stop: Option<usize>, sampling: Sampling, seed: u64,
    }
    #[derive(Copy)]
    mirror enum Sampling -> caching::Sampling in generate {
        Greedy, Random { temperature: f32, top_k: Option<usize> },
    }
    #[derive(Copy)]
    mirror struct Growth <- caching::Growth in analysis { exponent: f64, factor: f64, r_squared: f64 }

    /// A step with a cache or a window.
    steps CacheStep -> StepReply {
        /// `update` of a cache, `push` of a window: layer, keys, values.
        put(layer: usize, k: Array, v: Array) { state.put(layer, &k, &v)? }
        /// `attend`: layer, queries, keys, values.
        attend(layer: usize, q: Array, k: Array, v: Array) in window { state.attend(layer, &q, &k, &v)? }
        advance(tokens: usize) in cache { state.change(|cache| cache.advance(tokens))? }
        truncate(len: usize) in cache { state.change(|cache| cache.truncate(len))? }
        reset() { state.change(|cache| { cache.reset(); Ok(()) })? }
        /// `get` of a layer, and all that the view shows.
        get(layer: usize) { state.rows(|cache| cache.get(layer))? }
        /// All size functions.
        sizes() { StepReply::Sizes(state.sizes()) }
        positions(layer: usize) in window {
            let positions = state.value.positions(layer)?;
            StepReply::Positions(positions.start, positions.end)
        }
    }
    /// A step with an attention or a block, and its cache.
    steps LayerStep -> StepReply {
        /// `forward` with a layer of the cache, and an input.
        forward(layer: usize, input: Array) {
            let output = state.model.forward(&tensor(&input)?, &mut state.cache.value, layer)?;
            StepReply::Output(array(&output))
        }
        advance(tokens: usize) { state.cache.change(|cache| cache.advance(tokens))? }
        get(layer: usize) { state.cache.rows(|cache| cache.get(layer))? }
    }
    /// A step with a model and its cache.
    steps ModelStep -> StepReply {
        forward(ids: Vec<Vec<usize>>) { state.forward(&ids)? }
        /// `generate_with_cache`.
        generate(prompts: Vec<Vec<usize>>, options: Options) in generate {
            let cache = &mut state.cache.value;
            StepReply::Tokens(caching::generate_with_cache(&state.model, &prompts, options.native(), cache)?)
        }
        truncate(len: usize) { state.cache.change(|cache| cache.truncate(len))? }
        reset() { state.cache.change(|cache| { cache.reset(); Ok(()) })? }
        get(layer: usize) { state.cache.rows(|cache| cache.get(layer))? }
        /// `len` of the cache.
        len() { StepReply::Len(state.cache.value.len()) }
    }

    task cache {
        /// A `KvCache`.
        session cache(shape: CacheShape) of CacheStep { cache::new(shape)? }
    }
    task window {
        /// A `WindowCache`.
        session window(shape: CacheShape) of CacheStep { window::new(shape)? }
    }
    task attention needs [cache] {
        /// The attention of block `block` of a model, with one cache.
        session attention(model: Model, block: usize, shape: CacheShape) of LayerStep {
            let gpt = gpt(model)?;
            cache::WithCache::new(caching::CachedMultiHeadAttention::new(gpt.blocks()[block].attn()), shape)?
        }
    }
    task model needs [cache] {
        /// Block `block` of a model, with one cache.
        session block(model: Model, block: usize, shape: CacheShape) of LayerStep {
            let gpt = gpt(model)?;
            cache::WithCache::new(caching::CachedTransformerBlock::new(&gpt.blocks()[block]), shape)?
        }
        /// The sizes of a model's `new_cache(batch)`.
        fn new_cache(model: Model, batch: usize) -> CacheSizes { model::new(model, batch, None)?.cache.sizes() }
        /// A model and one cache: that of `new_cache(batch)`, or one of other sizes.
        session model(model: Model, batch: usize, shape: Option<CacheShape>) of ModelStep {
            model::new(model, batch, shape)?
        }
    }
    task generate needs [model, cache] {
        /// The same, with generation.
        session generate(model: Model, batch: usize, shape: Option<CacheShape>) of ModelStep {
            model::new(model, batch, shape)?
        }
        /// One sampler, applied to several rows of scores in turn.
        fn sample(sampling: Sampling, seed: u64, rows: Vec<Floats>) -> Vec<Answer<usize>> {
            let mut sampler = caching::Sampler::new(sampling.native(), seed)?;
            rows.iter().map(|row| Ok(sampler.next(&row.0)?)).collect()
        }
    }
    task analysis {
        /// `cache_bytes(config, batch, tokens)`.
        fn cache_bytes(sizes: Sizes, batch: usize, tokens: usize) -> u64 {
            caching::cache_bytes(&gpt_config(sizes), batch, tokens)
        }
        /// `decode_macs(config, n)` and `forward_macs(config, n)`.
        fn macs(sizes: Sizes, n: usize) -> (u64, u64) {
            (caching::decode_macs(&gpt_config(sizes), n), caching::forward_macs(&gpt_config(sizes), n))
        }
        /// `cached_work` and `recomputed_work` of (config, prompt, new).
        fn work(sizes: Sizes, prompt: usize, new: usize) -> (Vec<u64>, Vec<u64>) {
            let config = gpt_config(sizes);
            (caching::cached_work(&config, prompt, new), caching::recomputed_work(&config, prompt, new))
        }
        /// `break_even(set_up, cached, recomputed)`.
        fn break_even(set_up: f64, cached: Vec<f64>, recomputed: Vec<f64>) -> Option<usize> {
            caching::break_even(set_up, &cached, &recomputed)?
        }
        /// The result of `fit_growth(points)`, and its prediction for `x`.
        fn growth(points: Vec<(f64, f64)>, x: f64) -> (Growth, f64) {
            let growth = caching::fit_growth(&points)?;
            (growth.wire(), growth.predict(x))
        }
    }
}

/// The sizes of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheShape {
    /// `None` for the constructor without a batch.
    pub batch: Option<usize>,
    /// `max_seq_len`, or the window.
    pub tokens: usize,
    /// Layers.
    pub n_layers: usize,
    /// Heads.
    pub n_heads: usize,
    /// Width of a head.
    pub head_dim: usize,
}

/// A model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Model {
    /// The trained GPT of the foundation.
    Trained,
    /// A model whose weights are [drawn](course_data::drawn_weights) from a seed.
    Drawn(Sizes, u64),
}

/// The result of a step that succeeded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StepReply {
    /// Nothing but the change.
    Done {
        /// Bytes that were allocated for it, on any thread, freed or not.
        allocated: usize,
    },
    /// The contents of a view.
    Rows(Rows),
    /// The output of an attention or a block.
    Output(Array),
    /// `[B, T, V]`, and the bytes that were allocated for it.
    Logits(Array, usize),
    /// New tokens of each sequence.
    Tokens(Vec<Vec<usize>>),
    /// Start and end.
    Positions(usize, usize),
    /// The results of the size functions.
    Sizes(CacheSizes),
    /// `len()`.
    Len(usize),
}

/// Keys and values of a view: for each sequence and head, oldest token first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// `len()` of the view.
    pub len: usize,
    /// Keys of sequence 0 head 0, sequence 0 head 1, ...
    pub keys: Vec<Floats>,
    /// Values, in the same order.
    pub values: Vec<Floats>,
    /// Bytes that `get` and the view's parts allocated.
    pub allocated: usize,
}

/// The results of the size functions; a window has no `len` and no `used`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheSizes {
    /// `len()`.
    pub len: usize,
    /// `is_empty()`.
    pub is_empty: bool,
    /// `max_seq_len()` or `window()`.
    pub tokens: usize,
    /// `batch()`.
    pub batch: usize,
    /// `n_layers()`.
    pub n_layers: usize,
    /// `allocated_bytes()`.
    pub allocated: usize,
    /// `used_bytes()`.
    pub used: usize,
}

/// What a timed decoding is prepared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecodeState {
    /// A [`DecodeModel`], encoded: the same in all batches of a measurement.
    pub model: Bytes,
    /// The end of the prompt, another one in each batch.
    pub end: Vec<usize>,
}

/// The model of a timed decoding, and the beginning of its prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecodeModel {
    /// The model's sizes.
    pub sizes: Sizes,
    /// Its parameters, in the order of [`course_data::parameters`].
    pub weights: Vec<Floats>,
    /// The first tokens of the prompt.
    pub prompt: Vec<usize>,
}
