//! Task `analysis`, first part: what a cache costs, and what it saves.
//!
//! Work is counted in multiply-adds: one multiplication and the addition of its product. Counted are the
//! matrix products: projections, scores, weighted sums, the two layers of the MLP, and the head. A token
//! attends to itself and to those before it, and to no others.

use tinytorch::models::GptConfig;

use crate::Result;

/// Bytes of the keys and values of `batch` sequences of `tokens` tokens, in all layers.
pub fn cache_bytes(config: &GptConfig, batch: usize, tokens: usize) -> u64 {
    let _ = (&config, &batch, &tokens); // Not used yet: goes with the todo!.
    todo!("keys and values, each d_model wide, for each token of each layer")
}

/// Multiply-adds of one new token at `position` (counted from 0) when everything before it is cached:
/// for each layer `4 D^2` for the projections, `8 D^2` for the MLP and `2 D` for each token that is
/// seen; and `D V` for the head.
pub fn decode_macs(config: &GptConfig, position: usize) -> u64 {
    let _ = (&config, &position); // Not used yet: goes with the todo!.
    todo!("the new token sees position + 1 tokens")
}

/// Multiply-adds of a whole sequence of `tokens` tokens from the beginning, logits at each of them.
pub fn forward_macs(config: &GptConfig, tokens: usize) -> u64 {
    let _ = (&config, &tokens); // Not used yet: goes with the todo!.
    todo!("every position once")
}

/// Multiply-adds to generate `new` tokens after a prompt of `prompt` tokens *with* a cache: element i
/// is what was spent when token i (from 0) is known. The prompt goes through once; then each token but
/// the last goes through alone.
pub fn cached_work(config: &GptConfig, prompt: usize, new: usize) -> Vec<u64> {
    let _ = (&config, &prompt, &new); // Not used yet: goes with the todo!.
    todo!("the prompt, then one position after the other")
}

/// The same *without* a cache: for each token, everything before it goes through again.
pub fn recomputed_work(config: &GptConfig, prompt: usize, new: usize) -> Vec<u64> {
    let _ = (&config, &prompt, &new); // Not used yet: goes with the todo!.
    todo!("the sum of all passes up to each token")
}

/// From how many tokens on a cache pays: the smallest n for which the cached way, `set_up` included,
/// costs *less* in all for n tokens, and for every larger number in the data. `None` when that is
/// never so.
///
/// `cached[i]` and `recomputed[i]` are what token i alone costs; `set_up` is what the cache costs once.
/// Any unit, the same for all: seconds, multiply-adds.
///
/// # Errors
/// [`CacheError::BadData`](crate::CacheError::BadData) when lengths differ, or a number is negative, NaN
/// or infinite.
pub fn break_even(set_up: f64, cached: &[f64], recomputed: &[f64]) -> Result<Option<usize>> {
    let _ = (&set_up, &cached, &recomputed); // Not used yet: goes with the todo!.
    todo!("compare running sums; what counts is the last time that the cache did not pay")
}
