//! Task `generate`, first part: from scores to a token.

use crate::Result;
use tinytorch::Rng;

/// How the next token is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sampling {
    /// The token with the largest score; of equal ones that with the smallest id.
    Greedy,
    /// A random one.
    Random {
        /// Scores are divided by it: below 1 likely tokens become likelier.
        temperature: f32,
        /// Only so many of the likeliest tokens are drawn from; `None` for all.
        top_k: Option<usize>,
    },
}

/// Chooses tokens. What it draws follows from its seed alone, so that the same scores give the same
/// tokens, with a cache or without.
#[derive(Clone, Debug)]
pub struct Sampler {
    sampling: Sampling,
    rng: Rng,
}

impl Sampler {
    /// A sampler that draws from `Rng::new(seed)`.
    ///
    /// # Errors
    /// [`CacheError::BadOptions`](crate::CacheError::BadOptions) when the temperature is not a finite
    /// number above 0, or `top_k` is 0.
    pub fn new(sampling: Sampling, seed: u64) -> Result<Self> {
        let _ = (&sampling, &seed); // Not used yet: goes with the todo!.
        todo!("check temperature and top_k")
    }

    /// Chooses the next token by the scores of all tokens.
    ///
    /// Greedy choices draw nothing. A random one draws exactly one number, `u = rng.uniform()`, like this:
    /// sort the tokens by their scores, largest first, equal ones by their ids, and keep the first
    /// `top_k`; give each the weight `exp((score - largest score) / temperature)`; add up the weights in
    /// that order, and take the first token whose sum is above `u` times the sum of all. All of it in
    /// `f64`.
    ///
    /// # Errors
    /// [`CacheError::BadLogits`](crate::CacheError::BadLogits) when there is no score, one is NaN or plus
    /// infinity, or all are minus infinity. (One that is minus infinity is never chosen.)
    pub fn next(&mut self, logits: &[f32]) -> Result<usize> {
        let _ = (&self.sampling, &self.rng, &logits); // Not used yet: goes with the todo!.
        todo!("check the scores, sort, keep, weigh, draw one number")
    }
}
