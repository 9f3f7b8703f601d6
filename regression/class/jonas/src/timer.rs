use crate::{Interval, ProfileError, Result};
use std::hint::black_box;
use tinytorch::clock::{Clock, MonotonicClock};
use tinytorch::stats::t_quantile;

pub fn percentile(samples: &[f64], q: f64) -> Result<f64> {
    if samples.is_empty() {
        return Err(ProfileError::NoSamples);
    }
    check(samples, |x| !x.is_finite())?;
    if !(0.0..=100.0).contains(&q) {
        return Err(ProfileError::BadQuantile { q });
    }
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let h = (sorted.len() - 1) as f64 * q / 100.0;
    let i = h as usize;
    let left = sorted[i];
    let right = sorted[i + 1];
    Ok(left + (h - i as f64) * (right - left))
}

fn check(samples: &[f64], bad: fn(f64) -> bool) -> Result<()> {
    for (index, &value) in samples.iter().enumerate() {
        if bad(value) {
            return Err(ProfileError::BadSample { index, value });
        }
    }
    Ok(())
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
        check(seconds, |x| !x.is_finite() || x < 0.0)?;
        let n = seconds.len();
        if n == 0 {
            return Err(ProfileError::NoSamples);
        }
        let mean = seconds.iter().sum::<f64>() / n as f64;
        if n == 1 {
            let ci95 = Interval { low: mean, high: mean };
            let (min, max, p50, p95, p99) = (mean, mean, mean, mean, mean);
            return Ok(TimingStats { runs: 1, mean, std: 0.0, min, max, p50, p95, p99, ci95 });
        }
        let squares: f64 = seconds.iter().map(|x| (x - mean).powi(2)).sum();
        let std = (squares / (n - 1) as f64).sqrt();
        let half = t_quantile(0.975, (n - 1) as f64).unwrap() * std / (n as f64).sqrt();
        Ok(TimingStats {
            runs: n,
            mean,
            std,
            min: seconds.iter().copied().fold(f64::INFINITY, f64::min),
            max: seconds.iter().copied().fold(0.0, f64::max),
            p50: percentile(seconds, 50.0)?,
            p95: percentile(seconds, 95.0)?,
            p99: percentile(seconds, 99.0)?,
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
        for _ in 0..warmup {
            black_box(f());
        }
        let mut times = Vec::new();
        for _ in 0..runs {
            let start = self.clock.now();
            let result = black_box(f());
            times.push((self.clock.now() - start).as_secs_f64());
            drop(result);
        }
        TimingStats::from_samples(&times)
    }
}
