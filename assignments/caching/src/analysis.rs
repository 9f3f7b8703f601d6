//! Task `analysis`, first part: the cost of a cache, and what it saves.
//!
//! Work is counted in multiply-adds: one multiplication and the addition of its product. The count
//! includes the matrix products only: projections, scores, weighted sums, the two layers of the MLP, and
//! the head. A token attends to itself and to earlier tokens, and to no others.

use tinytorch::models::GptConfig;

use crate::Result;

/// Bytes of the keys and values of `batch` sequences of `tokens` tokens, in all layers.
pub fn cache_bytes(config: &GptConfig, batch: usize, tokens: usize) -> u64 {
    let _ = (&config, &batch, &tokens); // Not used yet: goes with the todo!.
    todo!("keys and values, each d_model wide, for each token of each layer")
}

/// Multiply-adds for one new token at `position` (counted from 0) when everything before it is cached:
/// per layer, `4 D^2` for the projections, `8 D^2` for the MLP and `2 D` for each visible token; and
/// `D V` for the head.
pub fn decode_macs(config: &GptConfig, position: usize) -> u64 {
    let _ = (&config, &position); // Not used yet: goes with the todo!.
    todo!("the new token sees position + 1 tokens")
}

/// Multiply-adds for a whole sequence of `tokens` tokens, with logits at each of them.
pub fn forward_macs(config: &GptConfig, tokens: usize) -> u64 {
    let _ = (&config, &tokens); // Not used yet: goes with the todo!.
    todo!("every position once")
}

/// Multiply-adds to generate `new` tokens after a prompt of `prompt` tokens *with* a cache: element i is
/// the total work until token i (counted from 0) is known. The prompt is processed once; then each token
/// except the last is processed separately.
pub fn cached_work(config: &GptConfig, prompt: usize, new: usize) -> Vec<u64> {
    let _ = (&config, &prompt, &new); // Not used yet: goes with the todo!.
    todo!("the prompt, then one position after the other")
}

/// The same *without* a cache: for each token, everything before it is processed again.
pub fn recomputed_work(config: &GptConfig, prompt: usize, new: usize) -> Vec<u64> {
    let _ = (&config, &prompt, &new); // Not used yet: goes with the todo!.
    todo!("the sum of all passes up to each token")
}

/// The number of tokens from which a cache pays off: the smallest n for which the total cost of n tokens
/// with the cache, including `set_up`, is *less* than without it, and stays less for every larger number
/// in the data. `None` if there is no such n.
///
/// `cached[i]` and `recomputed[i]` are the cost of token i alone; `set_up` is the one-time cost of the
/// cache. They can have any common unit: seconds, multiply-adds.
///
/// # Errors
/// [`CacheError::BadData`](crate::CacheError::BadData) when lengths differ, or a number is negative, NaN
/// or infinite.
pub fn break_even(set_up: f64, cached: &[f64], recomputed: &[f64]) -> Result<Option<usize>> {
    let _ = (&set_up, &cached, &recomputed); // Not used yet: goes with the todo!.
    todo!("compare running sums; what counts is the last time that the cache did not pay")
}
