//! Task `timer`, first part: percentiles.

use super::prelude::*;

cases! { task "timer", client Client;
    /// A percentile between two samples lies between them in proportion.
    percentile_interpolates_linearly;
    /// The order in which samples were taken does not change a percentile.
    percentile_needs_no_sorted_input after [percentile_interpolates_linearly];
    /// Percentiles are those that NumPy computes by default.
    percentile_is_that_of_numpy after [percentile_needs_no_sorted_input];
    /// The lowest percentile is the minimum, the highest the maximum.
    percentile_ends_are_minimum_and_maximum after [percentile_needs_no_sorted_input];
    /// Every percentile of a single sample is that sample.
    percentile_of_one_sample_is_that_sample;
    /// Scaling and shifting the samples, below zero too, does the same to every percentile.
    percentile_moves_with_the_samples;
    /// A higher percentile is never a smaller number.
    percentile_never_decreases after [percentile_needs_no_sorted_input];
    /// No samples have no percentile.
    percentile_of_nothing_is_an_error;
    /// A sample that is not a finite number is an error.
    percentile_rejects_samples_that_are_not_finite;
    /// A percentile below zero, above one hundred or not a number is an error.
    percentile_rejects_impossible_quantiles;
}

fn percentile_interpolates_linearly(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let n = draw.int(11..=30);
    let mut samples = draw.reals(n, 0.5, 1.5);
    (1..n).for_each(|i| samples[i] += samples[i - 1]);
    for _ in 0..8 {
        // Well between two ranks, so that every other definition gives a clearly different
        // result.
        let (rank, part) = (draw.int(0..=n - 2), draw.real(0.2, 0.8));
        let q = 100.0 * (rank as f64 + part) / (n - 1) as f64;
        let got = code.percentile(samples.clone(), q)?;
        let nearest = "`percentile` returned one of the samples (the nearest rank); it should \
                       interpolate between the two closest ranks";
        let expected = samples[rank] + part * (samples[rank + 1] - samples[rank]);
        let message = "`percentile` should interpolate linearly at rank (n - 1) * q / 100, \
                       counted from 0";
        let verdict = check::close(message, got, expected, ROUNDING, 0.0);
        diagnosed(verdict, &[(samples.contains(&got), nearest)])?;
    }
    Ok(())
}

pub fn percentile_needs_no_sorted_input(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut samples = sorted(&times(draw, 25));
    let q = draw.real(20.0, 80.0);
    let expected = code.percentile(samples.clone(), q)?;
    draw.shuffle(&mut samples);
    let got = code.percentile(samples, q)?;
    let message = "`percentile` changes when the samples are in another order; sort a copy first";
    check::close(message, got, expected, ROUNDING, 0.0)
}

fn percentile_is_that_of_numpy(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    for set in &SCIPY.percentiles {
        for (&q, &expected) in set.q.iter().zip(&set.values) {
            let got = code.percentile(set.samples.clone(), q)?;
            let message = "`percentile` differs from NumPy's default, linear interpolation";
            check::close(message, got, expected, ROUNDING, 0.0)?;
        }
    }
    Ok(())
}

fn percentile_ends_are_minimum_and_maximum(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(12..=40);
    let samples = times(draw, count);
    let ends = sorted(&samples);
    let lowest = code.percentile(samples.clone(), 0.0)?;
    check::close("percentile 0 should be the minimum", lowest, ends[0], ROUNDING, 0.0)?;
    let highest = code.percentile(samples, 100.0)?;
    check::close("percentile 100 should be the maximum", highest, ends[count - 1], ROUNDING, 0.0)
}

fn percentile_of_one_sample_is_that_sample(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let sample = draw.real(0.1, 1.0);
    for q in [0.0, draw.real(1.0, 99.0), 100.0] {
        let got = code.percentile(vec![sample], q)?;
        let message = "every percentile of a single sample should be that sample";
        check::close(message, got, sample, ROUNDING, 0.0)?;
    }
    Ok(())
}

fn percentile_moves_with_the_samples(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let samples = sorted(&draw.reals(20, 1.0, 2.0));
    let (scale, shift, q) = (draw.real(0.5, 2.0), draw.real(-9.0, -5.0), draw.real(5.0, 95.0));
    let moved = samples.iter().map(|x| scale * x + shift).collect();
    let expected = scale * code.percentile(samples, q)? + shift;
    let got = code.percentile(moved, q)?;
    let message = "scaling and shifting all samples should do the same to `percentile`, for \
                   negative samples too";
    check::close(message, got, expected, ROUNDING, 0.0)
}

fn percentile_never_decreases(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let samples = times(draw, 17);
    let mut before = f64::NEG_INFINITY;
    for q in 0..=20 {
        let got = code.percentile(samples.clone(), f64::from(q) * 5.0)?;
        check::that(
            got >= before - ROUNDING * before.abs().min(1.0),
            "a higher percentile should never be smaller than a lower one",
            || format!("{got} at {} after {before}", q * 5),
        )?;
        before = got;
    }
    Ok(())
}

fn percentile_of_nothing_is_an_error(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let result = code.percentile(vec![], draw.real(0.0, 100.0));
    check::returns_error("`percentile` of no samples should be `NoSamples`", result, "NoSamples")
}

fn percentile_rejects_samples_that_are_not_finite(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut samples = times(draw, 9);
        samples[draw.int(0..=8)] = bad;
        let message = "`percentile` should return `BadSample` for NaN and for infinity";
        check::returns_error(message, code.percentile(samples, 50.0), "BadSample")?;
    }
    Ok(())
}

fn percentile_rejects_impossible_quantiles(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bad in [-draw.real(0.01, 5.0), 100.0 + draw.real(0.01, 5.0), f64::NAN] {
        let message = "`percentile` should return `BadQuantile` outside 0..=100 and for NaN";
        check::returns_error(message, code.percentile(times(draw, 9), bad), "BadQuantile")?;
    }
    Ok(())
}
