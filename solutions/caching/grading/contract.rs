//! The requests to a `caching` submission, in plain data.

use grader_protocol::{Floats, StudentError};
use serde::{Deserialize, Serialize};

/// A tensor: elements row by row of `shape`, whose axes are then permuted, which makes it a view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Array {
    /// The shape before the permutation.
    pub shape: Vec<usize>,
    /// Elements, row by row of that shape.
    pub data: Floats,
    /// Axis i of the tensor is axis `axes[i]` of the shape; empty for no permutation.
    pub axes: Vec<usize>,
}

/// The sizes of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
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

/// An operation on a cache or a window. Each type supports only some of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// `update` of a cache, `push` of a window: layer, keys, values.
    Put(usize, Array, Array),
    /// `attend` of a window: layer, queries, keys, values.
    Attend(usize, Array, Array, Array),
    /// `advance` of a cache.
    Advance(usize),
    /// `truncate` of a cache.
    Truncate(usize),
    /// `reset`.
    Reset,
    /// `get`: layer.
    Get(usize),
    /// All size functions.
    Sizes,
    /// `positions` of a window: layer.
    Positions(usize),
}

/// The result of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Saw {
    /// It succeeded, and allocated memory.
    Done {
        /// Bytes that were allocated for it, on any thread, freed or not.
        allocated: usize,
    },
    /// It failed.
    Refused(StudentError),
    /// The result of `get`.
    Rows(Rows),
    /// The result of `attend`.
    Output(Array),
    /// The result of `positions`.
    Positions(usize, usize),
    /// The results of the size functions.
    Sizes(Told),
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
pub struct Told {
    /// `len()`.
    pub len: usize,
    /// `is_empty()`.
    pub is_empty: bool,
    /// `max_seq_len()` or `window()`.
    pub room: usize,
    /// `batch()`.
    pub batch: usize,
    /// `n_layers()`.
    pub n_layers: usize,
    /// `allocated_bytes()`.
    pub allocated: usize,
    /// `used_bytes()`.
    pub used: usize,
}

/// The sizes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Number of different tokens.
    pub vocab_size: usize,
    /// Maximum sequence length.
    pub max_seq_len: usize,
    /// D.
    pub d_model: usize,
    /// H.
    pub n_heads: usize,
    /// Blocks.
    pub n_layers: usize,
}

/// A model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Model {
    /// The trained GPT of the foundation.
    Trained,
    /// A model whose weights are [`drawn`] from a seed.
    Drawn(Sizes, u64),
}

/// An operation on a model and its cache.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Turn {
    /// `forward` of the model.
    Forward(Vec<Vec<usize>>),
    /// `generate_with_cache`.
    Generate(Vec<Vec<usize>>, Options),
    /// `truncate` of the cache.
    Truncate(usize),
    /// `reset` of the cache.
    Reset,
    /// `get` of a layer.
    Get(usize),
}

/// `GenerateOptions` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// The maximum number of tokens.
    pub max_new_tokens: usize,
    /// The token that ends a sequence.
    pub stop: Option<usize>,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// The seed of the draws.
    pub seed: u64,
}

/// `Sampling` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sampling {
    /// The largest score.
    Greedy,
    /// Temperature and `top_k`.
    Random(f32, Option<usize>),
}

/// The result of a turn, and the length of the cache after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct After {
    /// `len()` of the cache.
    pub len: usize,
    /// The result.
    pub outcome: Outcome,
}

/// The result of a turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// It succeeded without an output.
    Done,
    /// It failed.
    Refused(StudentError),
    /// `[B, T, V]`, and the bytes that were allocated during the turn.
    Logits(Array, usize),
    /// New tokens of each sequence.
    Tokens(Vec<Vec<usize>>),
    /// Keys and values.
    Rows(Rows),
}

/// An operation on an attention or a block, and its cache.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Pass {
    /// `forward`: layer, input.
    Forward(usize, Array),
    /// `advance` of the cache.
    Advance(usize),
    /// `get` of the cache: layer.
    Get(usize),
}

/// The result of a fit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grown {
    /// `exponent`.
    pub exponent: f64,
    /// `factor`.
    pub factor: f64,
    /// `r_squared`.
    pub r_squared: f64,
    /// `predict(x)`.
    pub predicted: f64,
}

grader_protocol::contract! {
    /// The functions that students of `caching` write.
    pub trait Caching {
        /// Steps with one `KvCache`.
        fn cache(room: Room, steps: Vec<Step>) -> Vec<Saw>;
        /// Steps with one `WindowCache`.
        fn window(room: Room, steps: Vec<Step>) -> Vec<Saw>;
        /// Passes through the attention of block `block` of a model, with one cache.
        fn attention(model: Model, block: usize, room: Room, passes: Vec<Pass>) -> Vec<Saw>;
        /// The same through the whole block.
        fn block(model: Model, block: usize, room: Room, passes: Vec<Pass>) -> Vec<Saw>;
        /// The sizes of a model's `new_cache(batch)`.
        fn new_cache(model: Model, batch: usize) -> Told;
        /// Turns with a model and one cache: that of `new_cache(batch)`, or one of other sizes.
        fn model(model: Model, batch: usize, room: Option<Room>, turns: Vec<Turn>) -> Vec<After>;
        /// The same, for task `generate`.
        fn generate(model: Model, batch: usize, room: Option<Room>, turns: Vec<Turn>) -> Vec<After>;
        /// One sampler, applied to several rows of scores in turn.
        fn sample(sampling: Sampling, seed: u64, rows: Vec<Floats>) -> Vec<Result<usize, StudentError>>;
        /// `cache_bytes(config, batch, tokens)`.
        fn cache_bytes(sizes: Sizes, batch: usize, tokens: usize) -> u64;
        /// `decode_macs(config, n)` and `forward_macs(config, n)`.
        fn macs(sizes: Sizes, n: usize) -> (u64, u64);
        /// `cached_work` and `recomputed_work` of (config, prompt, new).
        fn work(sizes: Sizes, prompt: usize, new: usize) -> (Vec<u64>, Vec<u64>);
        /// `break_even(set_up, cached, recomputed)`.
        fn break_even(set_up: f64, cached: Vec<f64>, recomputed: Vec<f64>) -> Option<usize>;
        /// The result of `fit_growth(points)`, and its prediction for `x`.
        fn growth(points: Vec<(f64, f64)>, x: f64) -> Grown;
    }
}

/// Names and shapes of a model's parameters, as in the foundation.
pub fn parameters(sizes: Sizes) -> Vec<(String, Vec<usize>)> {
    let Sizes { vocab_size, max_seq_len, d_model: d, n_layers, .. } = sizes;
    let mut all = vec![
        ("tok_emb.weight".to_string(), vec![vocab_size, d]),
        ("pos_emb.weight".to_string(), vec![max_seq_len, d]),
        ("ln_f.weight".to_string(), vec![d]),
        ("ln_f.bias".to_string(), vec![d]),
        ("head.weight".to_string(), vec![d, vocab_size]),
    ];
    for block in 0..n_layers {
        let mut add = |name: &str, shape: &[usize]| {
            all.push((format!("blocks.{block}.{name}"), shape.to_vec()));
        };
        for norm in ["ln1", "ln2"] {
            add(&format!("{norm}.weight"), &[d]);
            add(&format!("{norm}.bias"), &[d]);
        }
        for projection in ["query", "key", "value", "output"] {
            add(&format!("attn.{projection}.weight"), &[d, d]);
            add(&format!("attn.{projection}.bias"), &[d]);
        }
        for (name, from, to) in [("fc1", d, 4 * d), ("fc2", 4 * d, d)] {
            add(&format!("mlp.{name}.weight"), &[from, to]);
            add(&format!("mlp.{name}.bias"), &[to]);
        }
    }
    all
}

/// The weights of [`Model::Drawn`], in the order of [`parameters`]. None is trivial: biases are not 0, and
/// the weights of normalizations are not 1.
pub fn drawn(sizes: Sizes, seed: u64) -> Vec<Vec<f32>> {
    let mut state = seed;
    let mut uniform = move || {
        // SplitMix64 (Steele, Lea, Flood, 2014).
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1_u32 << 23) as f32 - 1.0
    };
    let weights = parameters(sizes).into_iter().map(|(name, shape)| {
        // Uniform numbers from -a to a have variance a^2 / 3.
        let (middle, reach) = match (name.contains("ln"), name.ends_with("bias")) {
            (true, false) => (1.0, 0.5),
            (_, true) => (0.0, 0.5),
            _ if name.contains("emb") => (0.0, 1.0),
            _ => (0.0, (3.0 / shape[0] as f32).sqrt() * sharpness(&name)),
        };
        (0..shape.iter().product()).map(|_| middle + reach * uniform()).collect()
    });
    weights.collect()
}

/// Queries and keys are larger than usual, so that attention is not just an average.
fn sharpness(name: &str) -> f32 {
    if name.contains("query") || name.contains("key") { 1.3 } else { 1.0 }
}
