use crate::{Interval, ProfileError, Result};
use std::hint::black_box;
use tinytorch::clock::{Clock, MonotonicClock};
use tinytorch::stats::t_quantile;

pub fn percentile(samples: &[f64], q: f64) -> Result<f64> {
    if samples.is_empty() {
        return Err(ProfileError::NoSamples);
    }
    if let Some(index) = samples.iter().position(|x| !x.is_finite()) {
        return Err(ProfileError::BadSample { index, value: samples[index] });
    }
    if q.is_nan() || q < 0.0 || q > 100.0 {
        return Err(ProfileError::BadQuantile { q });
    }
    let mut s = samples.to_vec();
    s.sort_by(f64::total_cmp);
    let pos = q / 100.0 * (s.len() - 1) as f64;
    let (i, j) = (pos.floor() as usize, pos.ceil() as usize);
    Ok(s[i] + (s[j] - s[i]) * pos.fract())
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
        if let Some(index) = seconds.iter().position(|&x| !(x >= 0.0 && x.is_finite())) {
            return Err(ProfileError::BadSample { index, value: seconds[index] });
        }
        let p = |q| percentile(seconds, q);
        let (min, max, p50, p95, p99) = (p(0.0)?, p(100.0)?, p(50.0)?, p(95.0)?, p(99.0)?);
        let runs = seconds.len();
        let n = runs as f64;
        let mean = seconds.iter().sum::<f64>() / n;
        let dof = (n - 1.0).max(1.0);
        let std = (seconds.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / dof).sqrt();
        let width = t_quantile(0.975, dof).unwrap_or(0.0) * std / n.sqrt();
        let ci95 = Interval { low: mean - width, high: mean + width };
        Ok(Self { runs, mean, std, min, max, p50, p95, p99, ci95 })
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

    /// The closure comes last, so that a long one reads well at the call.
    pub fn measure<R>(
        &self,
        runs: usize,
        warmup: usize,
        mut f: impl FnMut() -> R,
    ) -> Result<TimingStats> {
        if runs == 0 {
            return Err(ProfileError::NoRuns);
        }
        for _ in 0..warmup {
            black_box(f());
        }
        let mut seconds = Vec::with_capacity(runs);
        for _ in 0..runs {
            let start = self.clock.now();
            let result = black_box(f());
            seconds.push(self.clock.now().saturating_sub(start).as_secs_f64());
            drop(result);
        }
        TimingStats::from_samples(&seconds)
    }
}
