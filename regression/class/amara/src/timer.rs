//! Task `timer`: how long something takes, with an error bar.

use crate::numbers::{self, Running};
use crate::{Interval, ProfileError, Result};
use std::hint::black_box;
use std::time::Duration;
use tinytorch::clock::{Clock, MonotonicClock};
use tinytorch::stats::t_quantile;

/// Linear interpolation between order statistics. No full sort: `select_nth_unstable` puts the
/// k-th smallest in its place, and the next larger one is the minimum of what is right of it.
pub fn percentile(samples: &[f64], q: f64) -> Result<f64> {
    numbers::require(samples, numbers::finite)?;
    if !(q >= 0.0 && q <= 100.0) {
        return Err(ProfileError::BadQuantile { q });
    }
    let mut work = samples.to_vec();
    let h = (work.len() - 1) as f64 * (q / 100.0);
    let k = (h as usize).min(work.len() - 1);
    let (_, lower, above) = work.select_nth_unstable_by(k, f64::total_cmp);
    let lower = *lower;
    let upper = above.iter().copied().reduce(f64::min).unwrap_or(lower);
    Ok(lower + (h - k as f64) * (upper - lower))
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
        numbers::require(seconds, numbers::not_negative)?;
        let running = Running::of(seconds);
        let mean = running.mean();
        let margin = match t_quantile(0.975, (seconds.len() - 1) as f64) {
            Some(t) if seconds.len() > 1 => t * running.standard_error(),
            _ => 0.0,
        };
        let [p50, p95, p99] = [50.0, 95.0, 99.0].map(|q| percentile(seconds, q));
        Ok(Self {
            runs: seconds.len(),
            mean,
            std: running.std(),
            min: seconds.iter().copied().fold(f64::INFINITY, f64::min),
            max: seconds.iter().copied().fold(0.0, f64::max),
            p50: p50?,
            p95: p95?,
            p99: p99?,
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
        let seconds: Vec<f64> = (0..runs).map(|_| self.once(&mut f).as_secs_f64()).collect();
        TimingStats::from_samples(&seconds)
    }

    /// One timed call. The result lives until the end of this function, so that freeing it happens
    /// after the second look at the clock.
    fn once<R>(&self, f: &mut impl FnMut() -> R) -> Duration {
        let begin = self.clock.now();
        let _result = black_box(f());
        let end = self.clock.now();
        end.saturating_sub(begin)
    }
}
