//! Task `compare`, first half: is it really faster?

use crate::{Interval, Result};
use crate::{ProfileError, percentile};
use tinytorch::Rng;

/// Whether a variant is faster than its baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval lies above 1.
    Faster,
    /// The whole interval lies below 1.
    Slower,
    /// 1 lies in the interval: these samples cannot tell.
    Indistinguishable,
}

/// How a variant compares with its baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The speedup: mean time of the baseline over mean time of the variant. 2 is twice as fast.
    pub ratio: f64,
    /// The confidence interval of the ratio.
    pub interval: Interval,
    /// What follows from the interval.
    pub verdict: Verdict,
}

/// Compares the times of two programs by the bootstrap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptimizationComparer {
    confidence: f64,
    resamples: usize,
    seed: u64,
}

impl OptimizationComparer {
    /// A comparer whose intervals hold the true ratio with this `confidence` (0.95 is usual), from
    /// so many `resamples` (some thousands), drawn from this `seed`.
    ///
    /// # Errors
    /// [`ProfileError::BadConfidence`](crate::ProfileError::BadConfidence) when it is not inside
    /// (0, 1); [`ProfileError::TooFewResamples`](crate::ProfileError::TooFewResamples) when there
    /// are none.
    pub fn new(confidence: f64, resamples: usize, seed: u64) -> Result<Self> {
        if !(confidence > 0.0 && confidence < 1.0) {
            return Err(ProfileError::BadConfidence { confidence });
        }
        if resamples == 0 {
            return Err(ProfileError::TooFewResamples { resamples });
        }
        Ok(Self { confidence, resamples, seed })
    }

    /// The speedup of `variant` over `baseline`, with the percentile-bootstrap interval of the ratio
    /// of means.
    ///
    /// A resample draws, from each side **by itself**, as many times as that side has samples, with
    /// replacement; its ratio is the mean of what was drawn from the baseline over the mean of what
    /// was drawn from the variant. With confidence c, the interval goes from the
    /// 100 (1 - c) / 2 th to the 100 (1 + c) / 2 th [`percentile`](crate::percentile) of the
    /// resamples' ratios.
    ///
    /// Every call starts with a fresh [`tinytorch::Rng`] of the seed: the same samples give the
    /// same interval, always.
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
        check_times(baseline)?;
        check_times(variant)?;
        let mut rng = Rng::new(self.seed);
        let mut resample =
            || resampled_mean(baseline, &mut rng) / resampled_mean(variant, &mut rng);
        let ratios: Vec<f64> = (0..self.resamples).map(|_| resample()).collect();

        let tail = 100.0 * (1.0 - self.confidence) / 2.0;
        let interval =
            Interval { low: percentile(&ratios, tail)?, high: percentile(&ratios, 100.0 - tail)? };
        let verdict = match interval {
            Interval { low, .. } if low > 1.0 => Verdict::Faster,
            Interval { high, .. } if high < 1.0 => Verdict::Slower,
            _ => Verdict::Indistinguishable,
        };
        Ok(Comparison { ratio: mean(baseline) / mean(variant), interval, verdict })
    }
}

fn check_times(seconds: &[f64]) -> Result<()> {
    if seconds.is_empty() {
        return Err(ProfileError::NoSamples);
    }
    match seconds.iter().position(|&x| !x.is_finite() || x <= 0.0) {
        Some(index) => Err(ProfileError::BadSample { index, value: seconds[index] }),
        None => Ok(()),
    }
}

fn mean(seconds: &[f64]) -> f64 {
    seconds.iter().sum::<f64>() / seconds.len() as f64
}

/// The mean of as many draws, with replacement, as there are samples.
fn resampled_mean(seconds: &[f64], rng: &mut Rng) -> f64 {
    let n = seconds.len();
    (0..n).map(|_| seconds[rng.below(n)]).sum::<f64>() / n as f64
}
