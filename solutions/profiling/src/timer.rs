//! Task `timer`: how long something takes, with an error bar.

// BEGIN SOLUTION: -
use crate::ProfileError;
// END SOLUTION
use crate::{Interval, Result};
// BEGIN SOLUTION: -
use std::hint::black_box;
// END SOLUTION
use tinytorch::clock::{Clock, MonotonicClock};
// BEGIN SOLUTION: -
use tinytorch::stats::t_quantile;
// END SOLUTION

/// The value below which `q` percent of the samples lie, interpolated between the two nearest
/// samples.
///
/// With the n samples sorted, x\[0\] to x\[n - 1\], the percentile is at position h = (n - 1) q
/// / 100. It is linear between two positions: at h = 2.25 it is x\[2\] + 0.25 (x\[3\] - x\[2\]).
///
/// The samples need not be sorted and may be negative: this function is general statistics, not
/// limited to times.
///
/// Source: definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996);
/// the default of `NumPy`.
///
/// # Errors
/// [`ProfileError::NoSamples`](crate::ProfileError::NoSamples),
/// [`ProfileError::BadSample`](crate::ProfileError::BadSample) for the first sample that is NaN or
/// infinite, [`ProfileError::BadQuantile`](crate::ProfileError::BadQuantile) when `q` is not in
/// 0..=100.
///
/// # Cost
/// Copying and sorting the samples.
pub fn percentile(samples: &[f64], q: f64) -> Result<f64> {
    // BEGIN SOLUTION: check the input, sort a copy, interpolate at position (n - 1) q / 100
    check_samples(samples, f64::is_finite)?;
    if !(0.0..=100.0).contains(&q) {
        return Err(ProfileError::BadQuantile { q });
    }
    let mut sorted = samples.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let position = (sorted.len() - 1) as f64 * q / 100.0;
    let below = sorted[position.floor() as usize];
    let above = sorted[position.ceil() as usize];
    Ok(below + position.fract() * (above - below))
    // END SOLUTION
}

/// Statistics of the times of several runs, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimingStats {
    /// The number of timed runs.
    pub runs: usize,
    /// The arithmetic mean.
    pub mean: f64,
    /// The sample standard deviation, with n - 1; 0 for a single run.
    pub std: f64,
    /// The fastest run.
    pub min: f64,
    /// The slowest run.
    pub max: f64,
    /// The median.
    pub p50: f64,
    /// The 95th [`percentile`].
    pub p95: f64,
    /// The 99th [`percentile`].
    pub p99: f64,
    /// The 95 % confidence interval **of the mean**: if the whole measurement were repeated many
    /// times, 95 % of these intervals would contain the true mean. It becomes narrower with more
    /// runs; the standard deviation does not.
    pub ci95: Interval,
}

impl TimingStats {
    /// The statistics of these times, in seconds.
    ///
    /// - std = sqrt(sum (x - mean)^2 / (n - 1)). The textbook shortcut, mean of squares minus square
    ///   of the mean, loses all digits when the times are large and differ little: use two passes or
    ///   Welford's method.
    /// - ci95 = mean -+ t std / sqrt(n), where t is the 0.975 quantile of Student's t distribution
    ///   with n - 1 degrees of freedom ([`tinytorch::stats::t_quantile`]).
    /// - A single time has std 0, and both ends of its interval are that time.
    ///
    /// # Errors
    /// [`ProfileError::NoSamples`](crate::ProfileError::NoSamples),
    /// [`ProfileError::BadSample`](crate::ProfileError::BadSample) for the first time that is NaN,
    /// infinite or negative.
    pub fn from_samples(seconds: &[f64]) -> Result<Self> {
        // BEGIN SOLUTION: check the times, then compute mean, std, extremes, percentiles and ci95
        check_samples(seconds, |x| x.is_finite() && x >= 0.0)?;
        let (mean, std) = mean_and_std(seconds);
        let half_width = half_width_95(std, seconds.len());
        Ok(Self {
            runs: seconds.len(),
            mean,
            std,
            min: percentile(seconds, 0.0)?,
            max: percentile(seconds, 100.0)?,
            p50: percentile(seconds, 50.0)?,
            p95: percentile(seconds, 95.0)?,
            p99: percentile(seconds, 99.0)?,
            ci95: Interval { low: mean - half_width, high: mean + half_width },
        })
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
/// Rejects an empty slice and the first sample that is not `valid`.
fn check_samples(samples: &[f64], valid: impl Fn(f64) -> bool) -> Result<()> {
    if samples.is_empty() {
        return Err(ProfileError::NoSamples);
    }
    match samples.iter().position(|&x| !valid(x)) {
        Some(index) => Err(ProfileError::BadSample { index, value: samples[index] }),
        None => Ok(()),
    }
}

/// Mean and sample standard deviation in one stable pass.
///
/// Source: Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products"
/// (1962).
fn mean_and_std(samples: &[f64]) -> (f64, f64) {
    let mut mean = 0.0;
    let mut squares = 0.0;
    for (before, x) in samples.iter().enumerate() {
        let from_old_mean = x - mean;
        mean += from_old_mean / (before + 1) as f64;
        squares += from_old_mean * (x - mean);
    }
    match samples.len() {
        0 | 1 => (mean, 0.0),
        n => (mean, (squares / (n - 1) as f64).sqrt()),
    }
}

/// Half the width of the 95 % interval of the mean of `n` samples.
fn half_width_95(std: f64, n: usize) -> f64 {
    // A single sample has no degrees of freedom, so there is no quantile.
    let t = t_quantile(0.975, n as f64 - 1.0).unwrap_or(0.0);
    t * std / (n as f64).sqrt()
}
// END SOLUTION

/// Measures how long a function takes.
///
/// ```
/// use profiling::Timer;
///
/// let numbers: Vec<f64> = (0..1000).map(f64::from).collect();
/// let time = Timer::new().measure(
///     || numbers.iter().sum::<f64>(),
///     Timer::DEFAULT_WARMUP,
///     Timer::DEFAULT_RUNS,
/// )?;
/// println!("{:.2} us, interval {:?}", time.mean * 1e6, time.ci95);
/// # Ok::<(), profiling::ProfileError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Timer<C: Clock = MonotonicClock> {
    clock: C,
}

impl Timer {
    /// Calls before the timed ones: they fill the caches and the allocator's free lists.
    pub const DEFAULT_WARMUP: usize = 3;
    /// Timed calls.
    pub const DEFAULT_RUNS: usize = 100;

    /// A timer on the operating system's monotonic clock.
    pub fn new() -> Self {
        Self::default()
    }
}

impl<C: Clock> Timer<C> {
    /// A timer on the given clock. With a [`tinytorch::clock::ManualClock`], tests of timing code
    /// are exact and need not wait.
    pub fn with_clock(clock: C) -> Self {
        Self { clock }
    }

    /// Calls `f` `warmup` times without measuring, then `runs` times with measuring: exactly
    /// `warmup + runs` calls, even if `runs` is 1.
    ///
    /// Two effects silently distort such measurements. The compiler removes a computation whose
    /// result is unused: pass each result to [`std::hint::black_box`]. And freeing a large result
    /// takes time that does not belong to `f`: drop the result after reading the clock.
    ///
    /// # Errors
    /// [`ProfileError::NoRuns`](crate::ProfileError::NoRuns) when `runs` is 0; `f` is not called at
    /// all in that case.
    pub fn measure<R>(
        &self,
        mut f: impl FnMut() -> R,
        warmup: usize,
        runs: usize,
    ) -> Result<TimingStats> {
        // BEGIN SOLUTION: warm up, then time each of `runs` calls by itself
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
            let elapsed = self.clock.now().saturating_sub(start);
            drop(result);
            seconds.push(elapsed.as_secs_f64());
        }
        TimingStats::from_samples(&seconds)
        // END SOLUTION
    }
}
