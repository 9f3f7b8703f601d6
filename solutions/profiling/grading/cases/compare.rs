//! Task `compare`, first part: whether the variant is faster, and how certain that is.

use super::percentile::percentile_needs_no_sorted_input;
use super::prelude::*;
use contract::{Comparison, Verdict as Outcome};
use grader_judge::CallFailure;

cases! { task "compare", client Client;
    /// The ratio is the baseline's mean over the variant's: above one is faster.
    ratio_is_baseline_over_variant;
    /// The sides may have different numbers of samples.
    sides_may_differ_in_length after [ratio_is_baseline_over_variant];
    /// The same seed gives the same interval.
    the_same_seed_gives_the_same_interval;
    /// Another seed gives other resamples, and so another interval.
    another_seed_gives_another_interval after [the_same_seed_gives_the_same_interval];
    /// More confidence needs a wider interval.
    more_confidence_is_a_wider_interval after [percentile_needs_no_sorted_input];
    /// Each side is resampled by itself, not both with the same draw.
    sides_are_resampled_apart
        after [ratio_is_baseline_over_variant, more_confidence_is_a_wider_interval];
    /// The interval is the one that SciPy computes, as far as chance allows.
    interval_is_that_of_scipy after [sides_may_differ_in_length, sides_are_resampled_apart];
    /// The interval holds the true ratio about as often as it says.
    interval_holds_the_true_ratio after [interval_is_that_of_scipy];
    /// In another unit ratio and interval are the same.
    ratio_has_no_unit after [the_same_seed_gives_the_same_interval];
    /// Samples without spread give an interval without width.
    samples_without_spread_have_a_point_interval after [ratio_is_baseline_over_variant];
    /// A variant that is clearly faster, or slower, is called so.
    a_clear_difference_is_named after [ratio_is_baseline_over_variant];
    /// What is called indistinguishable has one inside its interval, and only that.
    verdict_follows_from_the_interval;
    /// Nothing to compare is an error, on either side.
    comparing_nothing_is_an_error;
    /// Times of zero, negative times and what is not a number are errors, on either side.
    compare_rejects_impossible_times;
    /// A confidence outside zero to one, and a comparison without resamples, are errors.
    comparer_rejects_impossible_settings;
}

/// Compares with new settings where they do not matter.
fn compare(
    code: &mut Client,
    draw: &mut Draw,
    sides: [&[f64]; 2],
) -> Result<Comparison, CallFailure> {
    code.compare(sides[0].to_vec(), sides[1].to_vec(), 0.95, 500, draw.bits())
}

fn ratio_is_baseline_over_variant(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(10..=30);
    let (baseline, variant) = (times(draw, count), sorted(&times(draw, count)));
    let variant: Vec<f64> = variant.iter().map(|x| 0.4 * x).collect();
    let got = compare(code, draw, [&baseline, &variant])?.ratio;
    let expected = mean(&baseline) / mean(&variant);
    let message = "`ratio` should be the baseline's mean over the variant's";
    let verdict = check::close(message, got, expected, ROUNDING, 0.0);
    let inverted = "`ratio` is the variant over the baseline; a faster variant should be above 1";
    diagnosed(verdict, &[(same(got, 1.0 / expected), inverted)])
}

fn sides_may_differ_in_length(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (few, many) = (draw.int(5..=9), draw.int(20..=30));
    for (n, m) in [(few, many), (many, few)] {
        let (baseline, variant) = (times(draw, n), times(draw, m));
        let got = compare(code, draw, [&baseline, &variant])?.ratio;
        let message = "`ratio` should not depend on both sides having the same number of samples";
        check::close(message, got, mean(&baseline) / mean(&variant), ROUNDING, 0.0)?;
    }
    Ok(())
}

fn the_same_seed_gives_the_same_interval(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (baseline, variant, seed) = (times(draw, 20), times(draw, 20), draw.bits());
    let first = code.compare(baseline.clone(), variant.clone(), 0.9, 300, seed)?;
    let again = code.compare(baseline, variant, 0.9, 300, seed)?;
    let message = "the same seed should give the same interval, to the last bit";
    check::equal(message, &again.interval, &first.interval)
}

fn another_seed_gives_another_interval(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (baseline, variant) = (times(draw, 20), times(draw, 20));
    let first = compare(code, draw, [&baseline, &variant])?.interval;
    let other = compare(code, draw, [&baseline, &variant])?.interval;
    // Both ends are almost never equal by chance: there are 7e10 resamples of 20 per side.
    let message = "another seed gave the very same interval; is the generator seeded by `seed`, \
                   and are the samples drawn by it?";
    check::that(first != other, message, || format!("{first:?}"))
}

fn more_confidence_is_a_wider_interval(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (baseline, variant, seed) = (times(draw, 25), times(draw, 25), draw.bits());
    let mut at = |confidence| {
        let got = code.compare(baseline.clone(), variant.clone(), confidence, 2000, seed)?;
        Ok::<_, CallFailure>(got.interval)
    };
    // The ends differ by half a deviation or more, thirty times the effect of chance.
    let (narrow, middle, wide) = (at(0.7)?, at(0.9)?, at(0.99)?);
    let inside = |a: (f64, f64), b: (f64, f64)| b.0 < a.0 && a.0 < a.1 && a.1 < b.1;
    let message = "an interval of more confidence should reach further on both sides; cut (1 - \
                   confidence) / 2 off each";
    check::that(inside(narrow, middle) && inside(middle, wide), message, || {
        format!("{narrow:?}, {middle:?}, {wide:?}")
    })
}

fn sides_are_resampled_apart(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    // In ascending order: if both sides were drawn with the same indices, they would move
    // together, and the interval of their ratio would be several times too narrow.
    let sides = [sorted(&times(draw, 30)), sorted(&times(draw, 30))];
    let got = code.compare(sides[0].clone(), sides[1].clone(), 0.95, 2000, draw.bits())?;
    // The ratio's standard error to first order (the delta method).
    let relative = |side: &[f64]| (deviation(side, 1) / mean(side)).powi(2) / 30.0;
    let error = got.ratio * (relative(&sides[0]) + relative(&sides[1])).sqrt();
    let (width, expected) = (got.interval.1 - got.interval.0, 2.0 * 1.96 * error);
    let detail = || format!("width {width}, expected about {expected}");
    let message = "the interval is far too narrow; draw baseline and variant independently, not \
                   with the same indices";
    check::that(width > 0.6 * expected, message, detail)?;
    let message = "the interval is far too wide; take the ratio of the means of resamples that are \
                   as long as the samples";
    check::that(width < 1.6 * expected, message, detail)
}

fn interval_is_that_of_scipy(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for set in &SCIPY.bootstraps {
        let (baseline, variant) = (set.baseline.clone(), set.variant.clone());
        let got = code.compare(baseline, variant, set.confidence, 20_000, draw.bits())?;
        // With 20,000 resamples, an end has a standard error of at most 0.007 of the width (at 99
        // %, including skew; less at lower confidence), and SciPy's end a fifth of that. The
        // bound of eight standard errors fails with a probability of 1e-15.
        let allowed = 0.06 * (set.high - set.low);
        let message = "the interval differs from `scipy.stats.bootstrap` with method 'percentile' \
                       by more than chance allows";
        let ends = [got.interval.0, got.interval.1];
        check::all_close(message, &ends, &[set.low, set.high], 0.0, allowed)?;
    }
    Ok(())
}

fn interval_holds_the_true_ratio(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    const EXPERIMENTS: usize = 300;
    let ratio = draw.real(0.5, 2.0);
    let mut held = 0;
    for _ in 0..EXPERIMENTS {
        let (baseline, variant) = (times(draw, 30), times(draw, 30));
        let baseline: Vec<f64> = baseline.iter().map(|x| ratio * x).collect();
        let (low, high) = compare(code, draw, [&baseline, &variant])?.interval;
        held += usize::from(low <= ratio && ratio <= high);
    }
    // A percentile bootstrap of 30 samples contains the true ratio in about 93 % of experiments,
    // a little less than its nominal confidence; the bound is that of 90 %.
    let fewest = fewest_successes(EXPERIMENTS, 0.90, RISK);
    let message = "the interval misses the true ratio far more often than it should";
    check::that(held >= fewest, message, || format!("{held} of {EXPERIMENTS}, at least {fewest}"))
}

fn ratio_has_no_unit(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (sides, seed) = ([times(draw, 15), times(draw, 15)], draw.bits());
    let scale = draw.real(10.0, 1000.0);
    let scaled = sides.clone().map(|side| side.iter().map(|x| scale * x).collect::<Vec<_>>());
    let mut numbers = |[baseline, variant]: [Vec<f64>; 2]| {
        let got = code.compare(baseline, variant, 0.95, 300, seed)?;
        Ok::<_, CallFailure>([got.ratio, got.interval.0, got.interval.1])
    };
    let (expected, got) = (numbers(sides)?, numbers(scaled)?);
    let message = "in another unit of time ratio and interval should be the same";
    check::all_close(message, &got, &expected, ROUNDING, 0.0)
}

fn samples_without_spread_have_a_point_interval(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (slow, fast) = (draw.real(2.0, 3.0), draw.real(0.5, 1.5));
    for count in [1, 12] {
        let got = compare(code, draw, [&vec![slow; count], &vec![fast; count]])?;
        let message = "without any spread the interval should be the ratio itself, low and high";
        let ends = [got.interval.0, got.interval.1];
        check::all_close(message, &ends, &[slow / fast; 2], ROUNDING, 0.0)?;
    }
    let message = "equal times should be `Indistinguishable`: 1 is the interval";
    let got = compare(code, draw, [&[slow; 9], &[slow; 9]])?.verdict;
    check::equal(message, &got, &Outcome::Indistinguishable)
}

fn a_clear_difference_is_named(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let slow = draw.reals(20, 2.0, 2.1);
    let fast = draw.reals(20, 1.0, 1.1);
    let got = compare(code, draw, [&slow, &fast])?.verdict;
    check::equal("a variant of half the time should be `Faster`", &got, &Outcome::Faster)?;
    let got = compare(code, draw, [&fast, &slow])?.verdict;
    check::equal("a variant of twice the time should be `Slower`", &got, &Outcome::Slower)
}

fn verdict_follows_from_the_interval(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..40 {
        // Differences of about one standard error, where verdicts are close.
        let scale = draw.real(0.7, 1.4);
        let baseline: Vec<f64> = times(draw, 20).iter().map(|x| scale * x).collect();
        let variant = times(draw, 20);
        let got = compare(code, draw, [&baseline, &variant])?;
        let holds_one = got.interval.0 <= 1.0 && 1.0 <= got.interval.1;
        let message = "`verdict` should be `Indistinguishable` exactly when the interval holds 1";
        let indistinguishable = got.verdict == Outcome::Indistinguishable;
        check::that(indistinguishable == holds_one, message, || format!("{got:?}"))?;
    }
    Ok(())
}

fn comparing_nothing_is_an_error(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let some = times(draw, 5);
    for sides in [[&*some, &[]], [&[], &*some]] {
        let message = "`compare` should return `NoSamples` when a side has none";
        check::returns_error(message, compare(code, draw, sides), "NoSamples")?;
    }
    Ok(())
}

fn compare_rejects_impossible_times(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bad in [0.0, -draw.real(0.01, 1.0), f64::NAN, f64::INFINITY] {
        let (good, mut wrong) = (times(draw, 6), times(draw, 6));
        wrong[draw.int(0..=5)] = bad;
        for sides in [[&*good, &*wrong], [&*wrong, &*good]] {
            let message = "`compare` should return `BadSample` for times that are not above 0";
            check::returns_error(message, compare(code, draw, sides), "BadSample")?;
        }
    }
    Ok(())
}

fn comparer_rejects_impossible_settings(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let some = times(draw, 5);
    for bad in [0.0, 1.0, -draw.real(0.1, 1.0), draw.real(1.1, 95.0), f64::NAN] {
        let result = code.compare(some.clone(), some.clone(), bad, 100, 1);
        let message = "`OptimizationComparer::new` should return `BadConfidence` unless the \
                       confidence lies between 0 and 1";
        check::returns_error(message, result, "BadConfidence")?;
    }
    let result = code.compare(some.clone(), some, 0.95, 0, 1);
    let message = "`OptimizationComparer::new` should return `TooFewResamples` for none";
    check::returns_error(message, result, "TooFewResamples")
}
