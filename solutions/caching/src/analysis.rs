//! Task `analysis`, first part: what a cache costs, and what it saves.
//!
//! Work is counted in multiply-adds: one multiplication and the addition of its product. Counted are the
//! matrix products: projections, scores, weighted sums, the two layers of the MLP, and the head. A token
//! attends to itself and to those before it, and to no others.

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

/// Multiply-adds of one new token at `position` (counted from 0) when everything before it is cached:
/// for each layer `4 D^2` for the projections, `8 D^2` for the MLP and `2 D` for each token that is
/// seen; and `D V` for the head.
pub fn decode_macs(config: &GptConfig, position: usize) -> u64 {
    // BEGIN SOLUTION: the new token sees position + 1 tokens
    let [d, layers, vocabulary] =
        [config.d_model, config.n_layers, config.vocab_size].map(|size| size as u64);
    layers * (12 * d * d + 2 * d * (position as u64 + 1)) + d * vocabulary
    // END SOLUTION
}

/// Multiply-adds of a whole sequence of `tokens` tokens from the beginning, logits at each of them.
pub fn forward_macs(config: &GptConfig, tokens: usize) -> u64 {
    // BEGIN SOLUTION: every position once
    (0..tokens).map(|position| decode_macs(config, position)).sum()
    // END SOLUTION
}

/// Multiply-adds to generate `new` tokens after a prompt of `prompt` tokens *with* a cache: element i
/// is what was spent when token i (from 0) is known. The prompt goes through once; then each token but
/// the last goes through alone.
pub fn cached_work(config: &GptConfig, prompt: usize, new: usize) -> Vec<u64> {
    // BEGIN SOLUTION: the prompt, then one position after the other
    (0..new).map(|token| forward_macs(config, prompt + token)).collect()
    // END SOLUTION
}

/// The same *without* a cache: for each token, everything before it goes through again.
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
    // BEGIN SOLUTION: compare running sums; what counts is the last time that the cache did not pay
    if cached.len() != recomputed.len() {
        let reason = format!("{} costs with a cache, {} without", cached.len(), recomputed.len());
        return Err(CacheError::BadData { reason });
    }
    let all = cached.iter().chain(recomputed).chain([&set_up]);
    if let Some(bad) = all.into_iter().find(|cost| !(cost.is_finite() && **cost >= 0.0)) {
        return Err(CacheError::BadData { reason: format!("{bad} is no cost") });
    }
    let (mut with, mut without, mut first) = (set_up, 0.0, None);
    for (n, (cached, recomputed)) in (1..).zip(cached.iter().zip(recomputed)) {
        with += cached;
        without += recomputed;
        first = if with < without { first.or(Some(n)) } else { None };
    }
    Ok(first)
    // END SOLUTION
}
