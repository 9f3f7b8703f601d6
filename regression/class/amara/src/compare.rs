//! Task `compare`, first half: is it really faster?

use crate::numbers::{self, Running};
use crate::{Interval, ProfileError, Result, percentile};
use tinytorch::Rng;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Faster,
    Slower,
    Indistinguishable,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    pub ratio: f64,
    pub interval: Interval,
    pub verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptimizationComparer {
    confidence: f64,
    resamples: usize,
    seed: u64,
}

impl OptimizationComparer {
    pub fn new(confidence: f64, resamples: usize, seed: u64) -> Result<Self> {
        if confidence.is_nan() || confidence <= 0.0 || confidence >= 1.0 {
            Err(ProfileError::BadConfidence { confidence })
        } else if resamples < 1 {
            Err(ProfileError::TooFewResamples { resamples })
        } else {
            Ok(Self { confidence, resamples, seed })
        }
    }

    pub fn compare(&self, baseline: &[f64], variant: &[f64]) -> Result<Comparison> {
        for side in [baseline, variant] {
            numbers::require(side, numbers::positive)?;
        }
        let ratios = self.bootstrap(baseline, variant);
        let at = |p: f64| percentile(&ratios, 100.0 * p);
        let half = self.confidence / 2.0;
        let interval = Interval { low: at(0.5 - half)?, high: at(0.5 + half)? };
        let verdict = if interval.contains(1.0) {
            Verdict::Indistinguishable
        } else if interval.low > 1.0 {
            Verdict::Faster
        } else {
            Verdict::Slower
        };
        let ratio = Running::of(baseline).mean() / Running::of(variant).mean();
        Ok(Comparison { ratio, interval, verdict })
    }

    fn bootstrap(&self, baseline: &[f64], variant: &[f64]) -> Vec<f64> {
        let mut rng = Rng::new(self.seed);
        let mut drawn_mean = |side: &[f64]| {
            let mut sum = 0.0;
            for _ in side {
                sum += side[rng.below(side.len())];
            }
            sum / side.len() as f64
        };
        let mut ratios = vec![0.0; self.resamples];
        for ratio in &mut ratios {
            *ratio = drawn_mean(baseline) / drawn_mean(variant);
        }
        ratios
    }
}
