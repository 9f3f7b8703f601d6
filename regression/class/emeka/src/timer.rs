use crate::{Interval, ProfileError, Result};
use std::hint::black_box;
use tinytorch::clock::{Clock, MonotonicClock};
use tinytorch::stats::t_quantile;

pub fn percentile(samples: &[f64], q: f64) -> Result<f64> {
    let sorted = Sorted::new(samples, |x| x.is_finite())?;
    if q.is_nan() || !(0.0..=100.0).contains(&q) {
        return Err(ProfileError::BadQuantile { q });
    }
    Ok(sorted.at(q))
}

/// Checked and sorted once, so that nothing below needs to check again.
struct Sorted(Vec<f64>);

impl Sorted {
    fn new(samples: &[f64], good: impl Fn(f64) -> bool) -> Result<Self> {
        for (index, &value) in samples.iter().enumerate() {
            if !good(value) {
                return Err(ProfileError::BadSample { index, value });
            }
        }
        let mut v = samples.to_vec();
        v.sort_by(f64::total_cmp);
        if v.is_empty() { Err(ProfileError::NoSamples) } else { Ok(Sorted(v)) }
    }

    fn at(&self, q: f64) -> f64 {
        let h = (self.0.len() - 1) as f64 * q / 100.0;
        let left = self.0[h as usize];
        match self.0.get(h as usize + 1) {
            Some(right) => left + h.fract() * (right - left),
            None => left,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimingStats {
    pub runs: usize,
    pub mean: f64,
    pub std: f64,
    pub min: f64,
    pub max: f64,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub ci95: Interval,
}

impl TimingStats {
    pub fn from_samples(seconds: &[f64]) -> Result<Self> {
        let sorted = Sorted::new(seconds, |x| x.is_finite() && x >= 0.0)?;
        let n = seconds.len() as f64;
        let mean = seconds.iter().sum::<f64>() / n;
        let variance = match seconds.len() {
            1 => 0.0,
            _ => seconds.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0),
        };
        let std = variance.sqrt();
        let half = t_quantile(0.975, n - 1.0).map_or(0.0, |t| t * std / n.sqrt());
        Ok(TimingStats {
            runs: seconds.len(),
            mean,
            std,
            min: sorted.at(0.0),
            max: sorted.at(100.0),
            p50: sorted.at(50.0),
            p95: sorted.at(95.0),
            p99: sorted.at(99.0),
            ci95: Interval { low: mean - half, high: mean + half },
        })
    }
}

#[derive(Clone, Debug, Default)]
pub struct Timer<C: Clock = MonotonicClock> {
    clock: C,
}

impl Timer {
    pub const DEFAULT_WARMUP: usize = 3;
    pub const DEFAULT_RUNS: usize = 100;

    pub fn new() -> Self {
        Self::default()
    }
}

impl<C: Clock> Timer<C> {
    pub fn with_clock(clock: C) -> Self {
        Self { clock }
    }

    pub fn measure<R>(
        &self,
        mut f: impl FnMut() -> R,
        warmup: usize,
        runs: usize,
    ) -> Result<TimingStats> {
        if runs == 0 {
            return Err(ProfileError::NoRuns);
        }
        let mut seconds = Vec::with_capacity(runs);
        for i in 0..warmup + runs {
            let start = self.clock.now();
            let out = black_box(f());
            let time = self.clock.now() - start;
            if i >= warmup {
                seconds.push(time.as_secs_f64());
            }
            drop(out);
        }
        TimingStats::from_samples(&seconds)
    }
}
