use crate::{Interval, ProfileError, Result};
use std::hint::black_box;
use tinytorch::clock::{Clock, MonotonicClock};
use tinytorch::stats::t_quantile;

pub fn percentile(samples: &[f64], q: f64) -> Result<f64> {
    check(samples, |_| true)?;
    if !(0.0..=100.0).contains(&q) {
        return Err(ProfileError::BadQuantile { q });
    }
    let mut copy = samples.to_owned();
    copy.sort_by(f64::total_cmp);
    Ok(at(&copy, q))
}

/// `sorted` must be sorted and not empty.
fn at(sorted: &[f64], q: f64) -> f64 {
    let h = (sorted.len() - 1) as f64 * q / 100.0;
    let lower = sorted[h.floor() as usize];
    let upper = sorted[h.ceil() as usize];
    lower + (upper - lower) * (h - h.floor())
}

fn check(samples: &[f64], also: fn(f64) -> bool) -> Result<()> {
    if samples.is_empty() {
        return Err(ProfileError::NoSamples);
    }
    for (index, &value) in samples.iter().enumerate() {
        if !(value.is_finite() && also(value)) {
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
        check(seconds, |x| x >= 0.0)?;
        let n = seconds.len();
        let mut sorted = seconds.to_vec();
        sorted.sort_by(f64::total_cmp);

        // two passes; around the smallest one, so that equal samples stay exactly equal
        let base = sorted[0];
        let mean = base + sorted.iter().map(|x| x - base).sum::<f64>() / n as f64;
        let (std, margin) = if n == 1 {
            (0.0, 0.0)
        } else {
            let dof = (n - 1) as f64;
            let ss: f64 = sorted.iter().map(|x| (x - mean).powi(2)).sum();
            let std = (ss / dof).sqrt();
            let t = t_quantile(0.975, dof).expect("at least one degree of freedom");
            (std, t * std / (n as f64).sqrt())
        };
        Ok(TimingStats {
            runs: n,
            mean,
            std,
            min: base,
            max: sorted[n - 1],
            p50: at(&sorted, 50.0),
            p95: at(&sorted, 95.0),
            p99: at(&sorted, 99.0),
            ci95: Interval { low: mean - margin, high: mean + margin },
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
        (0..warmup).for_each(|_| drop(black_box(f())));
        let mut one = || {
            let before = self.clock.now();
            let out = black_box(f());
            let after = self.clock.now();
            drop(out); // not on the clock
            (after - before).as_secs_f64()
        };
        let times: Vec<f64> = (0..runs).map(|_| one()).collect();
        TimingStats::from_samples(&times)
    }
}
