//! Task `timer`: how long something takes, with an error bar.

use crate::ProfileError;
use crate::{Interval, Result};
use std::hint::black_box;
use tinytorch::clock::{Clock, MonotonicClock};
use tinytorch::stats::t_quantile;

/// The value below which `q` percent of the samples lie, interpolated between the two samples that
/// are nearest.
///
/// With the n samples sorted, x\[0\] to x\[n - 1\], the percentile stands at position
/// h = (n - 1) q / 100. Between two positions it is linear: at h = 2.25 it is
/// x\[2\] + 0.25 (x\[3\] - x\[2\]).
///
/// The samples need not be sorted, and may be negative: this is plain statistics, no time yet.
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
/// A copy of the samples and its sort.
pub fn percentile(samples: &[f64], q: f64) -> Result<f64> {
    if samples.is_empty() {
        return Err(ProfileError::NoSamples);
    }
    if let Some(index) = samples.iter().position(|x| !x.is_finite()) {
        return Err(ProfileError::BadSample { index, value: samples[index] });
    }
    if !(q >= 0.0 && q <= 100.0) {
        return Err(ProfileError::BadQuantile { q });
    }
    // selecting is enough, no need to sort everything
    let mut copy: Vec<f64> = samples.iter().copied().collect();
    let h = (copy.len() - 1) as f64 * (q / 100.0);
    let k = h as usize;
    let (_, kth, rest) = copy.select_nth_unstable_by(k, |a, b| a.partial_cmp(b).unwrap());
    let lower = *kth;
    let upper = rest.iter().copied().fold(f64::INFINITY, f64::min);
    if rest.is_empty() || h == k as f64 {
        return Ok(lower);
    }
    Ok(lower * (1.0 - (h - k as f64)) + upper * (h - k as f64))
}

/// What the times of several runs have to say. All in seconds.
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
    /// times, 95 % of these intervals would hold the true mean. It gets narrower with more runs;
    /// the standard deviation does not.
    pub ci95: Interval,
}

impl TimingStats {
    /// The statistics of these times, in seconds.
    ///
    /// - std = sqrt(sum (x - mean)^2 / (n - 1)). The textbook shortcut, mean of squares minus square
    ///   of the mean, loses all digits when the times are large and differ little: use two passes
    ///   or Welford's method.
    /// - ci95 = mean -+ t std / sqrt(n), where t is the 0.975 quantile of Student's t distribution
    ///   with n - 1 degrees of freedom ([`tinytorch::stats::t_quantile`]).
    /// - One single time has std 0, and an interval from itself to itself.
    ///
    /// # Errors
    /// [`ProfileError::NoSamples`](crate::ProfileError::NoSamples),
    /// [`ProfileError::BadSample`](crate::ProfileError::BadSample) for the first time that is NaN,
    /// infinite or negative.
    pub fn from_samples(seconds: &[f64]) -> Result<Self> {
        if seconds.is_empty() {
            return Err(ProfileError::NoSamples);
        }
        for (index, &value) in seconds.iter().enumerate() {
            if !value.is_finite() || value < 0.0 {
                return Err(ProfileError::BadSample { index, value });
            }
        }
        let (mean, std) = mean_and_std(seconds);
        let half_width = if seconds.len() > 1 {
            let t = t_quantile(0.975, (seconds.len() - 1) as f64).unwrap_or(f64::NAN);
            t * std / (seconds.len() as f64).sqrt()
        } else {
            0.0
        };
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
    }
}

/// two passes: first the mean, then the squared distances from it
fn mean_and_std(xs: &[f64]) -> (f64, f64) {
    let n = xs.len() as f64;
    // subtract the first sample so that large offsets do not eat the digits
    let shift = xs[0];
    let mean = shift + xs.iter().map(|x| x - shift).sum::<f64>() / n;
    if xs.len() == 1 {
        return (mean, 0.0);
    }
    let ss: f64 = xs.iter().map(|x| (x - mean) * (x - mean)).sum();
    (mean, (ss / (n - 1.0)).sqrt())
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
    /// A timer on a clock of your own: with a [`tinytorch::clock::ManualClock`], a test of code
    /// that measures time need not wait, nor hope.
    pub fn with_clock(clock: C) -> Self {
        Self { clock }
    }

    /// Calls `f` `warmup` times without measuring, then `runs` times with: exactly
    /// `warmup + runs` calls, also for `runs` = 1.
    ///
    /// Two things spoil such measurements quietly. The compiler removes a computation whose result
    /// nobody uses: hand each result to [`std::hint::black_box`]. And freeing a large result takes
    /// time that is not `f`'s: drop the result after you have read the clock.
    ///
    /// # Errors
    /// [`ProfileError::NoRuns`](crate::ProfileError::NoRuns) when `runs` is 0; `f` is not called at
    /// all then.
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
        let mut seconds = Vec::with_capacity(runs);
        for _ in 0..runs {
            let start = self.clock.now();
            let result = black_box(f());
            let elapsed = self.clock.now().saturating_sub(start);
            drop(result);
            seconds.push(elapsed.as_secs_f64());
        }
        TimingStats::from_samples(&seconds)
    }
}
