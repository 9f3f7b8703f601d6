//! Task `analysis`, first part: the cost of a cache, and what it saves.
//!
//! Work is counted in multiply-adds: one multiplication and the addition of its product. The count
//! includes the matrix products only: projections, scores, weighted sums, the two layers of the MLP, and
//! the head. A token attends to itself and to earlier tokens, and to no others.

use tinytorch::models::GptConfig;

// BEGIN SOLUTION: -
use crate::CacheError;
// END SOLUTION
use crate::Result;

/// Bytes of the keys and values of `batch` sequences of `tokens` tokens, in all layers.
pub fn cache_bytes(config: &GptConfig, batch: usize, tokens: usize) -> u64 {
    // BEGIN SOLUTION: keys and values, each d_model wide, for each token of each layer
    let numbers = 2 * config.n_layers as u64 * config.d_model as u64 * batch as u64 * tokens as u64;
    4 * numbers
    // END SOLUTION
}

/// Multiply-adds for one new token at `position` (counted from 0) when everything before it is cached:
/// per layer, `4 D^2` for the projections, `8 D^2` for the MLP and `2 D` for each visible token; and
/// `D V` for the head.
pub fn decode_macs(config: &GptConfig, position: usize) -> u64 {
    // BEGIN SOLUTION: the new token sees position + 1 tokens
    let [d, layers, vocabulary] =
        [config.d_model, config.n_layers, config.vocab_size].map(|size| size as u64);
    layers * (12 * d * d + 2 * d * (position as u64 + 1)) + d * vocabulary
    // END SOLUTION
}

/// Multiply-adds for a whole sequence of `tokens` tokens, with logits at each of them.
pub fn forward_macs(config: &GptConfig, tokens: usize) -> u64 {
    // BEGIN SOLUTION: every position once
    (0..tokens).map(|position| decode_macs(config, position)).sum()
    // END SOLUTION
}

/// Multiply-adds to generate `new` tokens after a prompt of `prompt` tokens *with* a cache: element i is
/// the total work until token i (counted from 0) is known. The prompt is processed once; then each token
/// except the last is processed separately.
pub fn cached_work(config: &GptConfig, prompt: usize, new: usize) -> Vec<u64> {
    // BEGIN SOLUTION: the prompt, then one position after the other
    (0..new).map(|token| forward_macs(config, prompt + token)).collect()
    // END SOLUTION
}

/// The same *without* a cache: for each token, everything before it is processed again.
pub fn recomputed_work(config: &GptConfig, prompt: usize, new: usize) -> Vec<u64> {
    // BEGIN SOLUTION: the sum of all passes up to each token
    let passes = (0..new).map(|token| forward_macs(config, prompt + token));
    let sums = passes.scan(0, |sum, pass| {
        *sum += pass;
        Some(*sum)
    });
    sums.collect()
    // END SOLUTION
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
    // BEGIN SOLUTION: compare running sums; what counts is the last time that the cache did not pay
    if cached.len() != recomputed.len() {
        let reason = format!("{} costs with a cache, {} without", cached.len(), recomputed.len());
        return Err(CacheError::BadData { reason });
    }
    let all = cached.iter().chain(recomputed).chain([&set_up]);
    if let Some(bad) = all.into_iter().find(|cost| !(cost.is_finite() && **cost >= 0.0)) {
        return Err(CacheError::BadData { reason: format!("{bad} is no cost") });
    }
    let mut with = set_up;
    let mut without = 0.0;
    let mut first = None;
    for (n, (cached, recomputed)) in (1..).zip(cached.iter().zip(recomputed)) {
        with += cached;
        without += recomputed;
        first = if with < without { first.or(Some(n)) } else { None };
    }
    Ok(first)
    // END SOLUTION
}
