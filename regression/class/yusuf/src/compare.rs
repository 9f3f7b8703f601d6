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

fn average(times: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = times.len() as f64;
    times.sum::<f64>() / n
}

impl OptimizationComparer {
    pub fn new(confidence: f64, resamples: usize, seed: u64) -> Result<Self> {
        if confidence.is_nan() || confidence <= 0.0 || confidence >= 1.0 {
            return Err(ProfileError::BadConfidence { confidence });
        }
        if resamples < 1 {
            return Err(ProfileError::TooFewResamples { resamples });
        }
        Ok(Self { confidence, resamples, seed })
    }

    pub fn compare(&self, baseline: &[f64], variant: &[f64]) -> Result<Comparison> {
        for side in [baseline, variant] {
            if side.is_empty() {
                return Err(ProfileError::NoSamples);
            }
            for (index, &value) in side.iter().enumerate() {
                if !value.is_finite() || value <= 0.0 {
                    return Err(ProfileError::BadSample { index, value });
                }
            }
        }
        let mut rng = Rng::new(self.seed);
        let mut draw = |from: &[f64]| average((0..from.len()).map(|_| from[rng.below(from.len())]));
        let mut ratios = Vec::with_capacity(self.resamples);
        for _ in 0..self.resamples {
            let old = draw(baseline);
            let new = draw(variant);
            ratios.push(old / new);
        }
        let outside = 1.0 - self.confidence;
        let low = percentile(&ratios, 50.0 * outside)?;
        let high = percentile(&ratios, 100.0 - 50.0 * outside)?;
        let verdict = if low > 1.0 {
            Verdict::Faster
        } else if high < 1.0 {
            Verdict::Slower
        } else {
            Verdict::Indistinguishable
        };
        let ratio = average(baseline.iter().copied()) / average(variant.iter().copied());
        Ok(Comparison { ratio, interval: Interval { low, high }, verdict })
    }
}
