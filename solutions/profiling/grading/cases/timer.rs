//! Task `timer`, second part: `TimingStats::from_samples`.

use super::percentile::percentile_needs_no_sorted_input;
use super::prelude::*;
use contract::Timing;

cases! { task "timer", client Client;
    /// The mean is the sum of the samples over their number.
    mean_is_the_arithmetic_mean;
    /// The standard deviation is that of a sample: it divides by `n - 1`.
    std_divides_by_n_minus_one;
    /// A large common offset of the samples does not spoil the standard deviation.
    std_survives_a_large_offset after [std_divides_by_n_minus_one];
    /// `min` and `max` are the smallest and the largest sample.
    min_and_max_are_the_extremes;
    /// `p50` is the median of the samples.
    p50_is_the_median after [percentile_needs_no_sorted_input];
    /// `p95` and `p99` are the percentiles that they are named after.
    p95_and_p99_are_percentiles after [percentile_needs_no_sorted_input];
    /// `min`, `p50`, `p95`, `p99` and `max` are in ascending order.
    statistics_are_in_ascending_order
        after [min_and_max_are_the_extremes, p50_is_the_median, p95_and_p99_are_percentiles];
    /// The confidence interval of the mean is Student's, for few samples too.
    ci95_is_the_t_interval_of_the_mean
        after [mean_is_the_arithmetic_mean, std_divides_by_n_minus_one];
    /// The confidence interval is the one that SciPy computes.
    ci95_is_that_of_scipy after [ci95_is_the_t_interval_of_the_mean];
    /// In about ninety-five of a hundred experiments the interval holds the true mean.
    ci95_holds_the_true_mean_as_often_as_it_says after [ci95_is_the_t_interval_of_the_mean];
    /// A single run has no spread: `std` is zero and the interval is a point.
    one_sample_has_no_spread;
    /// Equal times have no spread.
    equal_samples_have_no_spread;
    /// Times of zero are legal: some clocks are coarse.
    zero_times_are_legal;
    /// In another unit all statistics are the same, scaled.
    statistics_scale_with_the_unit;
    /// The order in which samples were taken changes no statistic.
    statistics_ignore_the_order after [percentile_needs_no_sorted_input];
    /// No samples have no statistics.
    statistics_of_nothing_are_an_error;
    /// A time that is negative, infinite or not a number is an error.
    statistics_reject_impossible_times;
}

pub fn mean_is_the_arithmetic_mean(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(10..=60);
    let samples = times(draw, count);
    let got = code.stats(samples.clone())?;
    check::equal("`runs` should be the number of samples", &got.runs, &count)?;
    let message = "`mean` should be the sum of the samples over their number";
    check::close(message, got.mean, mean(&samples), ROUNDING, 0.0)
}

fn std_divides_by_n_minus_one(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(3..=20);
    let samples = times(draw, count);
    let got = code.stats(samples.clone())?.std;
    let by_n = same(got, deviation(&samples, 0));
    let message = "`std` should be the sample standard deviation of the times";
    let verdict = check::close(message, got, deviation(&samples, 1), ROUNDING, 0.0);
    diagnosed(verdict, &[(by_n, "`std` divides by n; that of a sample should divide by n - 1")])
}

fn std_survives_a_large_offset(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    // Multiples of 2^-20 below 2^-10, so that 1e6 + x is exact. Here Welford's method has an
    // error of about n * 1e-16 * mean / std = 2e-5, and the mean of squares minus the square of
    // the mean has no correct digit.
    let small: Vec<f64> = (0..40).map(|_| draw.int(0..=1023) as f64 / f64::from(1 << 20)).collect();
    let large = small.iter().map(|x| 1e6 + x).collect();
    let message = "`std` loses its digits when all samples share a large offset; subtract the \
                   mean before squaring (two passes, or Welford's method)";
    check::close(message, code.stats(large)?.std, deviation(&small, 1), 1e-3, 0.0)
}

pub fn min_and_max_are_the_extremes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let samples = times(draw, 20);
    let (ends, got) = (sorted(&samples), code.stats(samples)?);
    check::close("`min` should be the smallest sample", got.min, ends[0], ROUNDING, 0.0)?;
    check::close("`max` should be the largest sample", got.max, ends[19], ROUNDING, 0.0)
}

fn p50_is_the_median(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(10..=40);
    let samples = times(draw, count);
    let got = code.stats(samples.clone())?.p50;
    let message = "`p50` should be the 50th percentile of the samples";
    let verdict = check::close(message, got, percentile(&samples, 50.0), ROUNDING, 0.0);
    let is_mean = same(got, mean(&samples));
    diagnosed(verdict, &[(is_mean, "`p50` is the mean; it should be the median")])
}

fn p95_and_p99_are_percentiles(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(10..=40);
    let samples = times(draw, count);
    let got = code.stats(samples.clone())?;
    let message = "`p95` should be the 95th percentile of the samples";
    check::close(message, got.p95, percentile(&samples, 95.0), ROUNDING, 0.0)?;
    let message = "`p99` should be the 99th percentile of the samples";
    check::close(message, got.p99, percentile(&samples, 99.0), ROUNDING, 0.0)
}

fn statistics_are_in_ascending_order(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for count in [1, 2, 3, draw.int(4..=100)] {
        let got = code.stats(times(draw, count))?;
        let order = [got.min, got.p50, got.p95, got.p99, got.max];
        check::that(
            order.is_sorted_by(|a, b| *a <= b + ROUNDING),
            "min <= p50 <= p95 <= p99 <= max should hold for any samples",
            || format!("{count} samples: {order:?}"),
        )?;
    }
    Ok(())
}

fn ci95_is_the_t_interval_of_the_mean(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for count in [2, draw.int(3..=6), draw.int(7..=100)] {
        let samples = times(draw, count);
        let (low, high) = code.stats(samples.clone())?.ci95;
        let std = deviation(&samples, 1);
        let (t, error) = (t_975(count - 1), std / (count as f64).sqrt());
        let expected = [mean(&samples) - t * error, mean(&samples) + t * error];
        // A quantile of t from a series or a table may be wrong in the seventh digit.
        let message = "`ci95` should be mean +- t * std / sqrt(n), with the 97.5 % quantile of \
                       Student's t at n - 1 degrees of freedom";
        let verdict = check::all_close(message, &[low, high], &expected, 0.0, 1e-6 * t * error);
        let is = |half: f64| ((high - low) / 2.0 - half).abs() < 1e-3 * half;
        let normal = "`ci95` uses the normal quantile 1.96; with few samples Student's t is wider";
        let spread = "`ci95` is as wide as the samples spread; the mean's standard error is std / \
                      sqrt(n)";
        let mistakes = [(is(1.96 * error), normal), (is(t * std) || is(1.96 * std), spread)];
        diagnosed(verdict, &mistakes)?;
    }
    Ok(())
}

fn ci95_is_that_of_scipy(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    for set in &SCIPY.t_intervals {
        let got = code.stats(set.samples.clone())?.ci95;
        let allowed = 1e-6 * (set.high - set.low);
        let message = "`ci95` differs from `scipy.stats.t.interval`";
        check::all_close(message, &[got.0, got.1], &[set.low, set.high], 0.0, allowed)?;
    }
    Ok(())
}

fn ci95_holds_the_true_mean_as_often_as_it_says(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    const EXPERIMENTS: usize = 600;
    // Normal samples, for which the t interval's coverage is exactly 95 %. They are ten
    // deviations above zero, because times are not negative.
    let mut held = 0;
    for _ in 0..EXPERIMENTS {
        let (low, high) = code.stats((0..4).map(|_| 10.0 + draw.normal()).collect())?.ci95;
        held += usize::from(low <= 10.0 && 10.0 <= high);
    }
    let fewest = fewest_successes(EXPERIMENTS, 0.95, RISK);
    let most = EXPERIMENTS - fewest_successes(EXPERIMENTS, 0.05, RISK);
    let detail = || format!("{held} of {EXPERIMENTS}, at least {fewest}, at most {most}");
    let message = "`ci95` holds the true mean less often than 95 % of the time: it is too narrow";
    check::that(held >= fewest, message, detail)?;
    let message = "`ci95` holds the true mean more often than 95 % of the time: it is too wide";
    check::that(held <= most, message, detail)
}

/// Checks that all statistics are `value`, without spread.
fn is_a_point(got: &Timing, value: f64) -> CaseVerdict {
    // A mean of equal numbers may have a rounding error; the mean of squares minus the square
    // of the mean may even have an error of its root, 1e-8. Another case detects that mistake.
    let (allowed, spread) = (ROUNDING * value, 1e-6 * value);
    check::close("`std` without any spread should be 0", got.std, 0.0, 0.0, spread)?;
    let places = [got.mean, got.min, got.max, got.p50, got.p95, got.p99];
    let message = "without any spread all of mean, min, max and percentiles should be that time";
    check::all_close(message, &places, &[value; 6], 0.0, allowed)?;
    let message = "without any spread `ci95` should be the mean itself, low and high";
    check::all_close(message, &[got.ci95.0, got.ci95.1], &[value; 2], 0.0, 10.0 * spread)
}

fn one_sample_has_no_spread(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let sample = draw.real(1e-4, 1e-2);
    is_a_point(&code.stats(vec![sample])?, sample)
}

fn equal_samples_have_no_spread(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let sample = draw.real(1e-4, 1e-2);
    let count = draw.int(5..=50);
    is_a_point(&code.stats(vec![sample; count])?, sample)
}

fn zero_times_are_legal(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(5..=20);
    is_a_point(&code.stats(vec![0.0; count])?, 0.0)
}

fn numbers(t: &Timing) -> [f64; 9] {
    [t.mean, t.std, t.min, t.max, t.p50, t.p95, t.p99, t.ci95.0, t.ci95.1]
}

fn statistics_scale_with_the_unit(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (samples, scale) = (times(draw, 30), draw.real(2.0, 1000.0));
    let expected = numbers(&code.stats(samples.clone())?).map(|x| scale * x);
    let got = numbers(&code.stats(samples.iter().map(|x| scale * x).collect())?);
    let message = "with all times scaled, every statistic should be scaled just so";
    check::all_close(message, &got, &expected, ROUNDING, 0.0)
}

fn statistics_ignore_the_order(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut samples = times(draw, 30);
    let expected = numbers(&code.stats(samples.clone())?);
    draw.shuffle(&mut samples);
    let got = numbers(&code.stats(samples)?);
    let message = "the order of the samples should not change any statistic";
    check::all_close(message, &got, &expected, ROUNDING, 0.0)
}

fn statistics_of_nothing_are_an_error(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    let message = "`TimingStats::from_samples` of nothing should be `NoSamples`";
    check::returns_error(message, code.stats(vec![]), "NoSamples")
}

fn statistics_reject_impossible_times(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bad in [-draw.real(1e-9, 1.0), f64::NAN, f64::INFINITY] {
        let mut samples = times(draw, 8);
        samples[draw.int(0..=7)] = bad;
        let message = "`TimingStats::from_samples` should return `BadSample` for negative, NaN \
                       and infinite times";
        check::returns_error(message, code.stats(samples), "BadSample")?;
    }
    Ok(())
}
