//! The requests to a `caching` submission, and how the driver answers them.

pub use course_data::{Array, Sizes};
use grader_protocol::{Answer, Bytes, Floats};

grader_protocol::contract! {
    /// The functions that students of `caching` write.
    pub trait Caching;

    /// Arguments of a cache's constructor. `tokens` is `max_seq_len`, or the window; without a `batch`, the constructor
    /// has none.
    #[derive(Copy, Eq)]
    plain struct CacheShape { batch: Option<usize>, tokens: usize, n_layers: usize, n_heads: usize, head_dim: usize }
    /// The trained GPT of the foundation, or one whose weights are [drawn](course_data::drawn_weights) from a seed.
    #[derive(Copy, Eq)]
    plain enum Model { Trained, Drawn(sizes: Sizes, seed: u64) }
    /// The result of a step that succeeded. `allocated` are bytes that were allocated for it, on any thread, freed or not.
    plain enum StepReply {
        Done { allocated: usize }, Rows(rows: Rows), Output(output: Array), Logits(logits: Array, allocated: usize),
        Tokens(tokens: Vec<Vec<usize>>), Positions(start: usize, end: usize), Sizes(sizes: CacheSizes), Len(len: usize),
    }
    /// Keys and values of a view, oldest token first, of sequence 0 head 0, sequence 0 head 1, ...; and the bytes that
    /// `get` and the view's parts allocated.
    plain struct Rows { len: usize, keys: Vec<Floats>, values: Vec<Floats>, allocated: usize }
    /// What a timed decoding is prepared with: a [`DecodeModel`], encoded, the same in all batches of a measurement; and
    /// the end of the prompt, another one in each batch.
    plain struct DecodeState { model: Bytes, end: Vec<usize> }
    /// The model of a timed decoding, with its weights in the order of [`course_data::parameters`], and the beginning of
    /// its prompt.
    plain struct DecodeModel { sizes: Sizes, weights: Vec<Floats>, prompt: Vec<usize> }

    /// The results of the size functions. A window has no `len` and no `used` bytes.
    #[derive(Copy, Default, Eq)]
    mirror struct CacheSizes <- caching::KvCache in cache {
        len: usize = it.len(), is_empty: bool = it.is_empty(), tokens: usize = it.max_seq_len(),
        batch: usize = it.batch(), n_layers: usize = it.n_layers(), allocated: usize = it.allocated_bytes(),
        used: usize = it.used_bytes(),
    }
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
        /// Layer, keys, values.
        update(layer: usize, k: Array, v: Array) in cache {
            let k = tensor(&k)?;
            let v = tensor(&v)?;
            state.change(|cache| cache.update(layer, &k, &v))?
        }
        /// The same of a window.
        push(layer: usize, k: Array, v: Array) in window {
            let k = tensor(&k)?;
            let v = tensor(&v)?;
            state.change(|window| window.push(layer, &k, &v))?
        }
        /// Layer, queries, keys, values.
        attend(layer: usize, q: Array, k: Array, v: Array) in window {
            StepReply::Output(array(&state.value.attend(layer, &tensor(&q)?, &tensor(&k)?, &tensor(&v)?)?))
        }
        advance(tokens: usize) in cache { state.change(|cache| cache.advance(tokens))? }
        truncate(len: usize) in cache { state.change(|cache| cache.truncate(len))? }
        reset() { state.change(|cache| { cache.reset(); Ok(()) })? }
        /// `get` of a layer, and all that the view shows.
        get(layer: usize) { state.rows(|cache| cache.get(layer))? }
        /// All size functions.
        sizes() in cache { StepReply::Sizes(state.value.wire()) }
        window_sizes() in window { StepReply::Sizes(window::sizes(&state.value)) }
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
        forward(ids: Vec<Vec<usize>>) {
            // A whole `Vec` is passed by reference: more than one signature of a student's can take it.
            let cache = &mut state.cache;
            let (logits, allocated) = cache.meter.count(|| state.model.forward(&ids, &mut cache.value))?;
            StepReply::Logits(array(&logits), allocated)
        }
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
        fn new_cache(model: Model, batch: usize) -> CacheSizes { model::new(model, batch, None)?.cache.value.wire() }
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
