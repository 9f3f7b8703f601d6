//! Task `generate`, first part: from scores to a token.

// BEGIN SOLUTION: -
use crate::CacheError;
// END SOLUTION
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
        // BEGIN SOLUTION: check temperature and top_k
        if let Sampling::Random { temperature, top_k } = sampling {
            if !(temperature.is_finite() && temperature > 0.0) {
                let reason = format!("the temperature {temperature} must be finite and above 0");
                return Err(CacheError::BadOptions { reason });
            }
            if top_k == Some(0) {
                let reason = "top_k 0 leaves no token: use at least 1".to_string();
                return Err(CacheError::BadOptions { reason });
            }
        }
        Ok(Self { sampling, rng: Rng::new(seed) })
        // END SOLUTION
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
        // BEGIN SOLUTION: check the scores, sort, keep, weigh, draw one number
        check(logits)?;
        let mut order: Vec<usize> = (0..logits.len()).collect();
        // Adding 0 turns -0 into 0, because both are the same score.
        let by_score = |a: &usize, b: &usize| (logits[*b] + 0.0).total_cmp(&(logits[*a] + 0.0));
        order.sort_by(|a, b| by_score(a, b).then(a.cmp(b)));
        let Sampling::Random { temperature, top_k } = self.sampling else {
            return Ok(order[0]);
        };
        order.truncate(top_k.unwrap_or(order.len()));
        let largest = f64::from(logits[order[0]]);
        let weight =
            |id: &usize| ((f64::from(logits[*id]) - largest) / f64::from(temperature)).exp();
        let total: f64 = order.iter().map(weight).sum();
        let target = self.rng.uniform() * total;
        let sums = order.iter().scan(0.0, |sum, id| {
            *sum += weight(id);
            Some(*sum)
        });
        let chosen = sums.into_iter().position(|sum| sum > target).unwrap_or(order.len() - 1);
        Ok(order[chosen])
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
fn check(logits: &[f32]) -> Result<()> {
    let refuse = |reason| Err(CacheError::BadLogits { reason });
    if let Some(id) = logits.iter().position(|x| x.is_nan() || *x == f32::INFINITY) {
        return refuse(format!("that of token {id} is {}: the model has diverged", logits[id]));
    }
    if logits.iter().all(|x| *x == f32::NEG_INFINITY) {
        return refuse("none is above minus infinity".into());
    }
    Ok(())
}
// END SOLUTION
