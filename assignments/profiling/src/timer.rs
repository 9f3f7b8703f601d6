//! Task `timer`: how long something takes, with an error bar.

use crate::{Interval, Result};
use tinytorch::clock::{Clock, MonotonicClock};

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
    let _ = (&samples, &q); // Not used yet: goes with the todo!.
    todo!("check the input, sort a copy, interpolate at position (n - 1) q / 100")
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
        let _ = &seconds; // Not used yet: goes with the todo!.
        todo!("check the times, then compute mean, std, extremes, percentiles and ci95")
    }
}

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
        let _ = (&self.clock, &mut f, &warmup, &runs); // Not used yet: goes with the todo!.
        todo!("warm up, then time each of `runs` calls by itself")
    }
}
