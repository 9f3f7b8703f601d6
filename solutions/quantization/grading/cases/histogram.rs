//! Task `observe`: the histogram.

use super::observe::{
    Range, UNSIGNED, any_order, batches, observe, range_of, same_range, step_refuses, with_outlier,
};
use super::prelude::*;
use super::tensor_params::scheme_of;
use crate::oracle::histogram::{Histogram, squared_error};
use course_oracle::values::{Row, Table};

cases! { task "observe", client Client;
    /// Of the ranges to try, the histogram takes one with the least error.
    histogram_takes_the_least_error;
    /// The histogram has at most as many bins as it may have, and no wider ones than it needs.
    histogram_of_few_bins after [histogram_takes_the_least_error];
    /// The range is as good as the best that a long search finds on the numbers themselves.
    histogram_is_as_good_as_a_long_search after [histogram_takes_the_least_error];
    /// The histogram does not depend on the order of the numbers, also where its bins become wider on the way.
    histogram_does_not_depend_on_order;
    /// An outlier among `1,000` numbers is cut off where this makes the error smaller, on either side.
    histogram_cuts_outliers_where_it_pays after [histogram_takes_the_least_error];
    /// An outlier is kept where cutting it off would cost more than rounding.
    histogram_keeps_outliers_where_they_are_worth_it after [histogram_takes_the_least_error];
    /// Fewer bits have a narrower range.
    histogram_depends_on_the_bits after [histogram_takes_the_least_error];
    /// Zeros have no error in any range: they do not decide.
    histogram_does_not_count_zeros after [histogram_takes_the_least_error];
    /// The range of one repeated number reaches to that number.
    histogram_of_a_repeated_number;
    /// The range of zeros is empty.
    histogram_of_zeros;
    /// Numbers of very different magnitude, the largest and the smallest of `f32` have a histogram.
    histogram_takes_numbers_of_any_magnitude after [histogram_takes_the_least_error];
    /// A histogram has `16` to `65,536` bins.
    histogram_refuses_a_bad_number_of_bins;
    /// Bits that no scheme has are refused.
    histogram_refuses_bits_that_no_scheme_has;
    /// On samples of several distributions, the error is close to the least that a search in `NumPy` finds.
    histogram_is_as_good_as_a_search_in_numpy after [histogram_is_as_good_as_a_long_search];
    /// On samples of several distributions, the error is close to that of `PyTorch`'s histogram observer.
    histogram_is_as_good_as_pytorch after [histogram_is_as_good_as_a_long_search];
}

/// Passes when the range is one to try, and none of the others has a smaller error.
fn is_best(
    message: &'static str,
    got: Range,
    (numbers, bins): (&[f32], usize),
    scheme: Scheme,
) -> CaseVerdict {
    let histogram = Histogram::new(numbers, bins);
    let is_candidate = |range: &Range| same_range(message, got, *range).is_ok();
    let is_known = histogram.candidates().iter().any(is_candidate);
    check::that(is_known, message, || format!("{got:?}: no fraction of {:?}", histogram.ends))?;
    let least = histogram.least_error(scheme);
    let error = histogram.error(got, scheme);
    check::that(error <= least * (1.0 + 1e-6), message, || {
        format!(
            "{scheme:?}, {bins} bins: {got:?} has the error {error:e}, but {least:e} is possible"
        )
    })
}

fn agrees(
    message: &'static str,
    code: &mut Client,
    (batches, bins): (&[Vec<f32>], usize),
    scheme: Scheme,
) -> Result<Range, grader_judge::Failure> {
    let kind = ObserverKind::Histogram { bins };
    let range = range_of(message, code, kind, batches, scheme)?;
    is_best(message, range, (&batches.concat(), bins), scheme)?;
    Ok(range)
}

const LEAST: &str = "of the ranges from f low to g high, the one with the least squared error of \
                     the bins' middles should be taken";

/// Numbers with a long tail on either side, on one side or on both.
fn tailed(draw: &mut Draw, count: usize, sides: (f64, f64)) -> Vec<f32> {
    let tail = |draw: &mut Draw| (2.0 * draw.normal()).exp();
    let number = |draw: &mut Draw| {
        let side = if draw.int(0..=1) == 0 { -sides.0 } else { sides.1 };
        (side * tail(draw)) as f32
    };
    (0..count).map(|_| number(draw)).collect()
}

const SIDES: [(f64, f64); 4] = [(1.0, 1.0), (0.1, 3.0), (0.0, 1.0), (2.0, 0.0)];

fn histogram_takes_the_least_error(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for sides in SIDES {
        for _ in 0..2 {
            let batches = [tailed(draw, 60, sides), tailed(draw, 90, sides)];
            agrees(LEAST, code, (&batches, 512), any_scheme(draw))?;
        }
    }
    Ok(())
}

fn histogram_of_few_bins(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bins in [16, 17, 31, draw.int(18..=100)] {
        for sides in SIDES {
            let batches = [tailed(draw, 60, sides), normals(draw, 60), tailed(draw, 80, sides)];
            agrees(LEAST, code, (&batches, bins), any_scheme(draw))?;
        }
    }
    Ok(())
}

/// The least error on the numbers themselves, of ranges much denser than those to try.
fn long_search(numbers: &[f32], scheme: Scheme) -> f64 {
    let (low, high) = Histogram::new(numbers, 16).ends;
    let mut least = f64::INFINITY;
    for i in 0..=60 {
        for j in 0..=60 {
            let factor = |k: i32| 2.0_f64.powf(-f64::from(k) / 12.0);
            let range = ((f64::from(low) * factor(i)) as f32, (f64::from(high) * factor(j)) as f32);
            least = least.min(squared_error(numbers.iter().map(|x| (*x, 1.0)), range, scheme));
        }
    }
    least
}

fn histogram_is_as_good_as_a_long_search(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the error of the range should be at most 1.3 times the least that a search on \
                   the numbers themselves finds";
    for bits in [3, 4, 6, 8] {
        let scheme = *draw.pick(&[Scheme::Unsigned { bits }, Scheme::Symmetric { bits }]);
        let numbers: Vec<f32> = normals(draw, 1000).iter().map(|x| x * x * x).collect();
        let kind = ObserverKind::Histogram { bins: 2048 };
        let range = range_of(message, code, kind, std::slice::from_ref(&numbers), scheme)?;
        let error = squared_error(numbers.iter().map(|x| (*x, 1.0)), range, scheme);
        let least = long_search(&numbers, scheme);
        check::that(error <= 1.3 * least, message, || {
            format!("{scheme:?}: {range:?} has the error {error:e}, but {least:e} is possible")
        })?;
    }
    Ok(())
}

fn histogram_does_not_depend_on_order(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the same numbers in another order, or in one batch, should have the same range: \
                   when bins become wider, 2i and 2i + 1 become bin i, also below 0";
    let mut batches = batches(draw, 6, 30);
    for (at, batch) in batches.iter_mut().enumerate() {
        for x in batch.iter_mut() {
            *x *= 3.0_f32.powi(at as i32);
        }
    }
    any_order(message, code, draw, ObserverKind::Histogram { bins: 64 }, batches.clone())?;
    any_order(message, code, draw, ObserverKind::Histogram { bins: 301 }, batches)
}

/// 1,000 numbers between -1 and 1, and one outlier.
fn with_one_outlier(draw: &mut Draw, outlier: f32) -> Vec<Vec<f32>> {
    let even = |draw: &mut Draw| draw.reals(100, -1.0, 1.0).into_iter().map(|x| x as f32);
    let mut batches: Vec<Vec<f32>> = (0..10).map(|_| even(draw).collect()).collect();
    with_outlier(draw, &mut batches, outlier);
    batches
}

fn histogram_cuts_outliers_where_it_pays(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "with 3 bits, one of 1,000 numbers costs less outside of the range than it does \
                   to all others inside";
    for sign in [1.0, -1.0] {
        let outlier = sign * draw.real(4.0, 6.0) as f32;
        let batches = with_one_outlier(draw, outlier);
        for scheme in [Scheme::Unsigned { bits: 3 }, Scheme::Symmetric { bits: 3 }] {
            let (low, high) = agrees(message, code, (&batches, 2048), scheme)?;
            let is_cut = -3.0 < low && high < 3.0 && high - low > 1.0;
            check::that(is_cut, message, || format!("{low} to {high}, with {outlier}"))?;
        }
    }
    Ok(())
}

fn histogram_keeps_outliers_where_they_are_worth_it(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    let message = "with 8 bits, the squared error of one outlier among 1,000 numbers is larger \
                   than what rounding to a wider range costs the others";
    for sign in [1.0, -1.0] {
        let outlier = sign * draw.real(10.0, 100.0) as f32;
        let batches = with_one_outlier(draw, outlier);
        for scheme in [UNSIGNED, Scheme::Symmetric { bits: 8 }] {
            let (low, high) = agrees(message, code, (&batches, 2048), scheme)?;
            let reached = if sign > 0.0 { high } else { low };
            let is_kept = reached.abs() > 0.8 * outlier.abs();
            check::that(is_kept, message, || format!("{low} to {high}, with {outlier}"))?;
        }
    }
    Ok(())
}

fn histogram_depends_on_the_bits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "with few bits, it pays to cut off more than with many";
    let batches = [normals(draw, 1000)];
    let width = |code: &mut Client, bits| {
        let scheme = Scheme::Symmetric { bits };
        agrees(message, code, (&batches, 1024), scheme).map(|(low, high)| high.max(-low))
    };
    let (two, four, eight) = (width(code, 2)?, width(code, 4)?, width(code, 8)?);
    check::that(two < 0.8 * eight && two < four && four <= eight, message, || {
        format!("2 bits: {two}, 4 bits: {four}, 8 bits: {eight}")
    })
}

fn histogram_does_not_count_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "zeros have a code in every range: however many there are, they should not \
                   decide";
    for bins in [16, 256] {
        let numbers = tailed(draw, 100, (0.5, 1.0));
        let zeros = [vec![0.0; 5000], vec![-0.0; 5000], numbers.clone()];
        let scheme = any_scheme(draw);
        let range = agrees(message, code, (&zeros, bins), scheme)?;
        let kind = ObserverKind::Histogram { bins };
        check::equal(message, &range, &range_of(message, code, kind, &[numbers], scheme)?)?;
    }
    Ok(())
}

fn histogram_of_a_repeated_number(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "one number, however often, should have a range that just reaches to it";
    for exponent in [-30, -3, 0, 4, 30] {
        let x = (draw.real(1.0, 9.0) * 10.0_f64.powi(exponent)) as f32;
        for (x, expected) in [(x, (0.0, x)), (-x, (-x, 0.0))] {
            let kind = ObserverKind::Histogram { bins: draw.int(16..=5000) };
            let batches = [vec![x], vec![x; 20]];
            let range = range_of(message, code, kind, &batches, any_scheme(draw))?;
            check::equal(message, &range, &expected)?;
        }
    }
    Ok(())
}

fn histogram_of_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "zeros are data: their range is from 0 to 0";
    let kind = ObserverKind::Histogram { bins: draw.int(16..=5000) };
    for zeros in [vec![0.0], vec![-0.0, 0.0], vec![-0.0; 3]] {
        let range = range_of(message, code, kind, &[zeros], any_scheme(draw))?;
        check::equal(message, &range, &(0.0, 0.0))?;
    }
    Ok(())
}

fn histogram_takes_numbers_of_any_magnitude(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "bins are made wider until all numbers fit, from the smallest numbers to the \
                   largest";
    let mut scaled = |power: i32| -> Vec<f32> {
        let size = 10.0_f64.powi(power);
        (0..30).map(|_| (size * draw.normal()) as f32).collect()
    };
    let mixed = [scaled(-30), scaled(0), scaled(30), scaled(-10)];
    let tiny = [vec![f32::from_bits(1), -f32::from_bits(9)], vec![f32::MIN_POSITIVE / 4.0]];
    let small = [scaled(-37), scaled(-36)];
    let large =
        [vec![f32::MAX, f32::MIN], scaled(38).into_iter().filter(|x| x.is_finite()).collect()];
    for bins in [16, 2048, 65_536] {
        for batches in [&mixed[..], &tiny, &small, &large] {
            agrees(message, code, (batches, bins), any_scheme(draw))?;
        }
    }
    Ok(())
}

fn histogram_refuses_a_bad_number_of_bins(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "fewer than 16 bins, or more than 65,536, should be `BadValue` of \
                   `HistogramObserver::new`";
    for bins in [0, 1, draw.int(2..=14), 15, 65_537, usize::MAX] {
        let got = code.observer(ObserverKind::Histogram { bins }, vec![]);
        refuses(message, got, "BadValue", "HistogramObserver::new: ")?;
    }
    for bins in [16, 65_536] {
        code.observer(ObserverKind::Histogram { bins }, vec![])?;
    }
    Ok(())
}

fn histogram_refuses_bits_that_no_scheme_has(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a number of bits below 2 or above 8 should be `BadBits`";
    let kind = ObserverKind::Histogram { bins: 64 };
    for bits in [0, 1, 9, draw.int(10..=99) as u32] {
        for scheme in [Scheme::Unsigned { bits }, Scheme::Symmetric { bits }] {
            let steps = vec![observe(&normals(draw, 9)), ObserverStep::Range(scheme)];
            let replies = code.observer(kind, steps)?;
            step_refuses(message, &replies, 1, "BadBits", &format!("{bits} bits"))?;
        }
    }
    Ok(())
}

/// The mean squared error of the range that is found for the samples of a row of the table `name`.
fn error_of_samples(
    message: &'static str,
    code: &mut Client,
    row: &Row,
    scheme: Scheme,
) -> Result<f64, grader_judge::Failure> {
    let samples = Table::read(include_str!("../oracle/values/samples.csv"));
    let same = samples.rows.iter().find(|samples| samples.text("data") == row.text("data"));
    let numbers: Vec<f32> = same.map(|samples| samples.list("numbers")).unwrap_or_default();
    let kind = ObserverKind::Histogram { bins: 2048 };
    let range = range_of(message, code, kind, std::slice::from_ref(&numbers), scheme)?;
    let count = numbers.len() as f64;
    Ok(squared_error(numbers.into_iter().map(|x| (x, 1.0)), range, scheme) / count)
}

fn histogram_is_as_good_as_a_search_in_numpy(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    let message = "the error should be at most a quarter above that of the best range";
    let table = Table::read(include_str!("../oracle/values/least_error.csv"));
    for row in &table.rows {
        let bits = row.one("bits");
        let scheme = match row.text("scheme") {
            "unsigned" => Scheme::Unsigned { bits },
            _ => Scheme::Symmetric { bits },
        };
        let error = error_of_samples(message, code, row, scheme)?;
        let limit = 1.25 * row.one::<f64>("best_error");
        check::that(error <= limit, message, || format!("{row:?}: the error is {error:e}"))?;
    }
    Ok(())
}

fn histogram_is_as_good_as_pytorch(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    let message = "the error should be at most a tenth above that of PyTorch's HistogramObserver";
    let table = Table::read(include_str!("../oracle/values/histogram.csv"));
    for row in &table.rows {
        let error = error_of_samples(message, code, row, scheme_of(row))?;
        let limit = 1.1 * row.one::<f64>("error");
        check::that(error <= limit, message, || format!("{row:?}: the error is {error:e}"))?;
    }
    Ok(())
}
