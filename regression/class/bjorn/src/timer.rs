// Bjørn, group 2. Readable first, fast later.

use crate::{Interval, ProfileError, Result};
use std::hint::black_box;
use tinytorch::clock::{Clock, MonotonicClock};
use tinytorch::stats::t_quantile;

fn first_bad(samples: &[f64], bad: impl Fn(f64) -> bool) -> Result<()> {
    if samples.len() == 0 {
        return Err(ProfileError::NoSamples);
    }
    for i in 0..samples.len() {
        if bad(samples[i]) {
            return Err(ProfileError::BadSample { index: i, value: samples[i] });
        }
    }
    Ok(())
}

/// Insertion sort: each one is put in front of the first that is larger.
fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut out: Vec<f64> = Vec::new();
    for &x in samples {
        let place = out.partition_point(|&y| y <= x);
        out.insert(place, x);
    }
    out
}

pub fn percentile(samples: &[f64], q: f64) -> Result<f64> {
    first_bad(samples, |x| x.is_nan() || x.is_infinite())?;
    if q.is_nan() || q < 0.0 || q > 100.0 {
        return Err(ProfileError::BadQuantile { q });
    }
    let x = sorted(samples);
    let h = (x.len() as f64 - 1.0) * q / 100.0;
    let i = h.floor() as usize;
    if i + 1 >= x.len() {
        return Ok(x[x.len() - 1]);
    }
    Ok(x[i] + (h - i as f64) * (x[i + 1] - x[i]))
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
        first_bad(seconds, |x| !x.is_finite() || x < 0.0)?;
        let runs = seconds.len();
        let n = runs as f64;
        let mean = seconds.iter().sum::<f64>() / n;
        let mut std = 0.0;
        let mut plus_minus = 0.0;
        if runs > 1 {
            let mut sum = 0.0;
            for x in seconds {
                sum += (x - mean) * (x - mean);
            }
            std = (sum / (n - 1.0)).sqrt();
            plus_minus = t_quantile(0.975, n - 1.0).unwrap_or(f64::NAN) * std / n.sqrt();
        }
        // sorted five times, I know
        Ok(TimingStats {
            runs,
            mean,
            std,
            min: sorted(seconds)[0],
            max: sorted(seconds)[runs - 1],
            p50: percentile(seconds, 50.0)?,
            p95: percentile(seconds, 95.0)?,
            p99: percentile(seconds, 99.0)?,
            ci95: Interval { low: mean - plus_minus, high: mean + plus_minus },
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
            let _ = black_box(f());
        }
        let mut times = Vec::new();
        for _ in 0..runs {
            let t0 = self.clock.now();
            let r = black_box(f());
            let t1 = self.clock.now();
            std::mem::drop(r);
            times.push((t1 - t0).as_secs_f64());
        }
        TimingStats::from_samples(&times)
    }
}
