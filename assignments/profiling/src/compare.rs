//! Task `compare`, first half: whether a variant is really faster.

use crate::{Interval, Result};

/// Whether a variant is faster than its baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval is above 1.
    Faster,
    /// The whole interval is below 1.
    Slower,
    /// The interval contains 1: these samples cannot decide.
    Indistinguishable,
}

/// How a variant compares with its baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The speedup: mean time of the baseline over mean time of the variant. 2 is twice as fast.
    pub ratio: f64,
    /// The confidence interval of the ratio.
    pub interval: Interval,
    /// The conclusion from the interval.
    pub verdict: Verdict,
}

/// Compares the times of two programs with the bootstrap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptimizationComparer {
    confidence: f64,
    resamples: usize,
    seed: u64,
}

impl OptimizationComparer {
    /// A comparer whose intervals contain the true ratio with this `confidence` (0.95 is common),
    /// computed from this many `resamples` (some thousands), drawn with this `seed`.
    ///
    /// # Errors
    /// [`ProfileError::BadConfidence`](crate::ProfileError::BadConfidence) when it is not inside
    /// (0, 1); [`ProfileError::TooFewResamples`](crate::ProfileError::TooFewResamples) when there
    /// are none.
    pub fn new(confidence: f64, resamples: usize, seed: u64) -> Result<Self> {
        let _ = (&confidence, &resamples, &seed); // Not used yet: goes with the todo!.
        todo!("check both numbers")
    }

    /// The speedup of `variant` over `baseline`, with the percentile-bootstrap interval of the ratio
    /// of means.
    ///
    /// A resample draws **independently** from each side, with replacement, as many times as that
    /// side has samples. Its ratio is the mean of the draws from the baseline over the mean of the
    /// draws from the variant. With confidence c, the interval goes from the 100 (1 - c) / 2 th to
    /// the 100 (1 + c) / 2 th [`percentile`](crate::percentile) of the resamples' ratios.
    ///
    /// Every call starts with a new [`tinytorch::Rng`] with this seed: the same samples always give
    /// the same interval.
    ///
    /// Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
    ///
    /// # Errors
    /// [`ProfileError::NoSamples`](crate::ProfileError::NoSamples) when a side is empty;
    /// [`ProfileError::BadSample`](crate::ProfileError::BadSample) for the first time that is NaN,
    /// infinite, negative or 0: the baseline's first, then the variant's.
    ///
    /// # Cost
    /// `resamples` times the number of samples.
    pub fn compare(&self, baseline: &[f64], variant: &[f64]) -> Result<Comparison> {
        let _ = (&self.seed, &self.resamples, &self.confidence, &baseline, &variant);
        todo!("check both sides, resample, take percentiles of the ratios, and judge")
    }
}
