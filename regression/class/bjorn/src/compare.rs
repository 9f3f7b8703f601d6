use crate::timer::percentile;
use crate::{Interval, ProfileError, Result};
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

fn average(v: &[f64]) -> f64 {
    v.iter().sum::<f64>() / v.len() as f64
}

/// Copies the samples, overwrites the copy with what was drawn, and puts it in order (easier to
/// look at in the debugger).
fn draw(from: &[f64], rng: &mut Rng) -> Vec<f64> {
    let mut drawn = from.to_vec();
    for i in 0..drawn.len() {
        drawn[i] = from[rng.below(from.len())];
    }
    drawn.sort_by(|a, b| a.total_cmp(b));
    drawn
}

impl OptimizationComparer {
    pub fn new(confidence: f64, resamples: usize, seed: u64) -> Result<Self> {
        if !(0.0 < confidence && confidence < 1.0) {
            return Err(ProfileError::BadConfidence { confidence });
        }
        if resamples == 0 {
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
        let mut ratios = vec![];
        for _ in 0..self.resamples {
            let b = draw(baseline, &mut rng);
            let v = draw(variant, &mut rng);
            ratios.push(average(&b) / average(&v));
        }
        let low = percentile(&ratios, 50.0 * (1.0 - self.confidence))?;
        let high = percentile(&ratios, 50.0 * (1.0 + self.confidence))?;
        let verdict = match (low > 1.0, high < 1.0) {
            (true, _) => Verdict::Faster,
            (_, true) => Verdict::Slower,
            _ => Verdict::Indistinguishable,
        };
        Ok(Comparison {
            ratio: average(baseline) / average(variant),
            interval: Interval { low, high },
            verdict,
        })
    }
}
