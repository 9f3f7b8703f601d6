//! A language model that remembers: keys and values are computed once for each token, and kept.
//!
//! You build six things, in this order; each file says what and how.
//!
//! | task | file | what it is |
//! |---|---|---|
//! | `cache` | `cache.rs` | the memory: keys and values of every layer |
//! | `window` | `window.rs` | a memory of the last tokens only |
//! | `attention` | `attention.rs` | attention of new tokens to everything remembered |
//! | `model` | `block.rs`, `gpt.rs` | a block and a whole model that compute new tokens only |
//! | `generate` | `sampling.rs`, `generate.rs` | choosing tokens, one after the other |
//! | `analysis` | `analysis.rs`, `growth.rs` | what it costs, what it saves, and how both grow |
//!
//! Given, and used by all of them: [`CacheError`], [`KvView`] and [`Storage`].
//!
//! Letters in shapes: B sequences (the batch), H heads of width Dh, D = H Dh the width of the model,
//! T new tokens, S tokens that are seen, V tokens in the vocabulary. Numbers are `f32` (4 bytes).
//! Whatever can be called wrongly returns a [`Result`] that says what was wrong.

mod analysis;
mod attention;
mod block;
mod cache;
mod error;
mod generate;
mod gpt;
mod growth;
mod kernels;
mod sampling;
mod view;
mod window;

pub use analysis::{
    break_even, cache_bytes, cached_work, decode_macs, forward_macs, recomputed_work,
};
pub use attention::CachedMultiHeadAttention;
pub use block::CachedTransformerBlock;
pub use cache::KvCache;
pub use error::{CacheError, Result};
pub use generate::{GenerateOptions, generate_with_cache};
pub use gpt::CachedGpt;
pub use growth::{Growth, fit_growth};
pub use sampling::{Sampler, Sampling};
pub use view::{KvView, Storage};
pub use window::WindowCache;
