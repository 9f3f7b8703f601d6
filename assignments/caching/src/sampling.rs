//! Task `generate`, first part: from scores to a token.

use crate::Result;
use tinytorch::Rng;

/// How the next token is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sampling {
    /// The token with the largest score; of equal ones, the one with the smallest id.
    Greedy,
    /// A random token.
    Random {
        /// The divisor of the scores: below 1, likely tokens become likelier.
        temperature: f32,
        /// The number of likeliest tokens to draw from; `None` for all.
        top_k: Option<usize>,
    },
}

/// Chooses tokens. The draws depend only on the seed, so the same scores give the same tokens, with or
/// without a cache.
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

    /// Chooses the next token from the scores of all tokens.
    ///
    /// A greedy choice draws no number. A random choice draws exactly one number, `u = rng.uniform()`, as
    /// follows: sort the tokens by their scores, largest first, equal ones by their ids, and keep the
    /// first `top_k`; give each the weight `exp((score - largest score) / temperature)`; add up the
    /// weights in that order, and take the first token whose running sum is above `u` times the total. All
    /// of this is in `f64`.
    ///
    /// # Errors
    /// [`CacheError::BadLogits`](crate::CacheError::BadLogits) when there are no scores, one is NaN or
    /// plus infinity, or all are minus infinity. (A single score of minus infinity is valid and never
    /// chosen.)
    pub fn next(&mut self, logits: &[f32]) -> Result<usize> {
        let _ = (&self.sampling, &self.rng, &logits); // Not used yet: goes with the todo!.
        todo!("check the scores, sort, keep, weigh, draw one number")
    }
}
