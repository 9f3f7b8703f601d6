use crate::{Interval, ProfileError, Result};
use std::hint::black_box;
use tinytorch::clock::{Clock, MonotonicClock};
use tinytorch::stats::t_quantile;

/// The sample at the rank of `q`: sort, round to the nearest place, done.
pub fn percentile(samples: &[f64], q: f64) -> Result<f64> {
    if samples.is_empty() {
        return Err(ProfileError::NoSamples);
    }
    for (index, &value) in samples.iter().enumerate() {
        if !value.is_finite() {
            return Err(ProfileError::BadSample { index, value });
        }
    }
    if !(0.0..=100.0).contains(&q) {
        return Err(ProfileError::BadQuantile { q });
    }
    let mut v = samples.to_vec();
    v.sort_by(f64::total_cmp);
    let rank = (q / 100.0 * (v.len() - 1) as f64).round() as usize;
    Ok(v[rank])
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

fn sum_of(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |a, b| a + b)
}

impl TimingStats {
    pub fn from_samples(seconds: &[f64]) -> Result<Self> {
        if let Some(index) = seconds.iter().position(|s| !s.is_finite() || *s < 0.0) {
            return Err(ProfileError::BadSample { index, value: seconds[index] });
        }
        // also finds out that there are none
        let min = percentile(seconds, 0.0)?;
        let runs = seconds.len();
        let mean = sum_of(seconds.iter().copied()) / runs as f64;
        let mut std = 0.0;
        let mut ci95 = Interval { low: mean, high: mean };
        if runs >= 2 {
            let squares = sum_of(seconds.iter().map(|s| (s - mean).powi(2)));
            std = (squares / (runs as f64 - 1.0)).sqrt();
            let t = t_quantile(0.975, runs as f64 - 1.0).unwrap();
            let e = t * std / (runs as f64).sqrt();
            ci95 = Interval { low: mean - e, high: mean + e };
        }
        Ok(TimingStats {
            runs,
            mean,
            std,
            min,
            max: percentile(seconds, 100.0)?,
            p50: percentile(seconds, 50.0)?,
            p95: percentile(seconds, 95.0)?,
            p99: percentile(seconds, 99.0)?,
            ci95,
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
        let mut seconds = Vec::new();
        if runs > 0 {
            for _ in 0..warmup {
                black_box(f());
            }
        }
        while seconds.len() < runs {
            let begin = self.clock.now();
            let result = black_box(f());
            let end = self.clock.now();
            seconds.push((end - begin).as_secs_f64());
            drop(result);
        }
        if seconds.is_empty() { Err(ProfileError::NoRuns) } else { TimingStats::from_samples(&seconds) }
    }
}
