//! A language model with a cache: the keys and values of each token are computed once and kept.
//!
//! You build six things, in this order; each file explains its task.
//!
//! | task | file | content |
//! |---|---|---|
//! | `cache` | `cache.rs` | the memory: keys and values of every layer |
//! | `window` | `window.rs` | a memory of only the last tokens |
//! | `attention` | `attention.rs` | attention of new tokens to all cached tokens |
//! | `model` | `block.rs`, `gpt.rs` | a block and a whole model that compute only new tokens |
//! | `generate` | `sampling.rs`, `generate.rs` | choosing tokens, one after another |
//! | `analysis` | `analysis.rs`, `growth.rs` | costs, savings, and how both grow |
//!
//! Given, and used by all tasks: [`CacheError`], [`KvView`] and [`Storage`].
//!
//! Letters in shapes: B sequences (the batch), H heads of width Dh, D = H Dh the width of the model,
//! T new tokens, S visible tokens, V tokens in the vocabulary. Numbers are `f32` (4 bytes). Every
//! function that can be called with invalid arguments returns a [`Result`] whose error says what was
//! wrong.

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
