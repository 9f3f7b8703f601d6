use crate::{Interval, ProfileError, Result};
use std::hint::black_box;
use tinytorch::clock::{Clock, MonotonicClock};
use tinytorch::stats::t_quantile;

/// Percentile by linear interpolation.
pub fn percentile(samples: &[f64], q: f64) -> Result<f64> {
    if samples.is_empty() {
        return Err(ProfileError::NoSamples);
    }
    if let Some((index, &value)) = samples.iter().enumerate().find(|(_, x)| !x.is_finite()) {
        return Err(ProfileError::BadSample { index, value });
    }
    if !(0.0..=100.0).contains(&q) {
        return Err(ProfileError::BadQuantile { q });
    }
    let mut xs = samples.to_vec();
    xs.sort_by(|a, b| a.partial_cmp(b).expect("finite, checked above"));
    Ok(interpolate(&xs, q))
}

/// `xs` is sorted and not empty.
fn interpolate(xs: &[f64], q: f64) -> f64 {
    let h = (xs.len() - 1) as f64 * q / 100.0;
    let (lo, hi) = (h.floor(), h.ceil());
    let w = h - lo;
    xs[lo as usize] * (1.0 - w) + xs[hi as usize] * w
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
        let n = seconds.len();
        if n == 0 {
            return Err(ProfileError::NoSamples);
        }
        for (index, &value) in seconds.iter().enumerate() {
            if value < 0.0 || !value.is_finite() {
                return Err(ProfileError::BadSample { index, value });
            }
        }
        let mut xs = seconds.to_vec();
        xs.sort_by(f64::total_cmp);
        let mean = xs.iter().sum::<f64>() / n as f64;
        let (std, half) = if n == 1 {
            (0.0, 0.0)
        } else {
            let ss: f64 = xs.iter().map(|x| (x - mean).powi(2)).sum();
            let std = (ss / (n - 1) as f64).sqrt();
            let t = t_quantile(0.975, (n - 1) as f64).expect("n - 1 > 0");
            (std, t * std / (n as f64).sqrt())
        };
        Ok(Self {
            runs: n,
            mean,
            std,
            min: xs[0],
            max: xs[n - 1],
            p50: interpolate(&xs, 50.0),
            p95: interpolate(&xs, 95.0),
            p99: interpolate(&xs, 99.0),
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
        let mut seconds = vec![0.0; runs];
        for slot in seconds.iter_mut() {
            let begin = self.clock.now();
            let kept = black_box(f());
            *slot = (self.clock.now() - begin).as_secs_f64();
            drop(kept);
        }
        TimingStats::from_samples(&seconds)
    }
}
