//! Task `observe`: percentiles.

use super::observe::{
    Range, UNSIGNED, any_order, batches, ends, range_of, same_range, with_outlier,
};
use super::prelude::*;
use course_oracle::values::Table;

cases! { task "observe", client Client;
    /// Percentiles are interpolated between the two nearest of all numbers.
    percentile_interpolates;
    /// With `100` percent, the range is the whole range.
    percentile_of_all_is_the_whole_range;
    /// Percentiles are those of all numbers, and no average over the batches.
    percentile_is_of_all_batches_together after [percentile_interpolates];
    /// Percentiles do not depend on the order of the numbers.
    percentile_does_not_depend_on_order;
    /// An outlier among `1,000` numbers does not widen the range.
    percentile_survives_outliers after [percentile_interpolates];
    /// Percentiles of few numbers, equal numbers and the largest numbers are defined as well.
    percentile_takes_extremes;
    /// A percentage must be above `50` and at most `100`.
    percentile_refuses_a_bad_percentage;
    /// Percentiles are those of `NumPy`.
    percentile_agrees_with_numpy after [percentile_interpolates];
}

/// Percentile p of n numbers in order is at position (n - 1) p / 100.
fn percentile(sorted: &[f32], percent: f64) -> f32 {
    let position = (sorted.len() - 1) as f64 * percent / 100.0;
    let below = f64::from(sorted[position.floor() as usize]);
    let above = f64::from(sorted[position.ceil() as usize]);
    let share = position - position.floor();
    (below * (1.0 - share) + above * share) as f32
}

fn expected(batches: &[Vec<f32>], percent: f64) -> Range {
    let mut all = batches.concat();
    all.sort_by(f32::total_cmp);
    (percentile(&all, 100.0 - percent), percentile(&all, percent))
}

fn agrees(
    message: &'static str,
    code: &mut Client,
    draw: &mut Draw,
    (batches, percent): (&[Vec<f32>], f64),
) -> CaseVerdict {
    let kind = ObserverKind::Percentile { percent };
    let range = range_of(message, code, kind, batches, any_scheme(draw))?;
    same_range(message, range, expected(batches, percent))
}

fn percentile_interpolates(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "with the n numbers in order, percentile p is at position (n - 1) p / 100, \
                   interpolated between its neighbours";
    for percent in [99.9, 99.0, 90.0, 75.0, draw.real(50.1, 99.9)] {
        let count = draw.int(20..=150);
        let batches = batches(draw, 1, count);
        agrees(message, code, draw, (&batches, percent))?;
    }
    Ok(())
}

fn percentile_of_all_is_the_whole_range(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "from percentile 0 to percentile 100, the range is the whole range";
    let batches = batches(draw, 3, 40);
    let kind = ObserverKind::Percentile { percent: 100.0 };
    let range = range_of(message, code, kind, &batches, any_scheme(draw))?;
    check::equal(message, &range, &ends(&batches.concat()))
}

fn percentile_is_of_all_batches_together(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "all numbers of all batches should be in one order";
    for percent in [99.0, 80.0] {
        let mut batches = batches(draw, 6, 40);
        for (at, batch) in batches.iter_mut().enumerate() {
            batch.truncate(5 + 7 * at);
            for x in batch.iter_mut() {
                *x *= (1 + at) as f32;
            }
        }
        agrees(message, code, draw, (&batches, percent))?;
    }
    Ok(())
}

fn percentile_does_not_depend_on_order(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the same numbers in another order, or in one batch, should have the same range";
    let batches = batches(draw, 6, 20);
    any_order(message, code, draw, ObserverKind::Percentile { percent: 97.0 }, batches)
}

fn percentile_survives_outliers(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "one of 1,000 numbers should not widen a range that may leave out one of 100";
    for sign in [1.0, -1.0] {
        let mut batches = batches(draw, 10, 100);
        let outlier = sign * draw.real(1e3, 1e6) as f32;
        with_outlier(draw, &mut batches, outlier);
        let kind = ObserverKind::Percentile { percent: 99.0 };
        let (low, high) = range_of(message, code, kind, &batches, UNSIGNED)?;
        let is_survived = -5.0 < low && low < -1.5 && 1.5 < high && high < 5.0;
        check::that(is_survived, message, || format!("{low} to {high}, with {outlier}"))?;
    }
    Ok(())
}

fn percentile_takes_extremes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "percentiles of one number, of two, of equal numbers, of zeros and of numbers as \
                   large as f32 has are defined as all others";
    let x = draw.normal() as f32;
    let far = draw.real(2e38, 3.4e38) as f32;
    for numbers in [
        vec![x],
        vec![x, x + 1.0],
        vec![x; 7],
        vec![0.0, -0.0, 0.0],
        vec![-far, far],
        vec![f32::MIN, f32::MAX, 0.0],
        vec![f32::from_bits(1), -f32::from_bits(1), f32::MIN_POSITIVE],
    ] {
        agrees(message, code, draw, (&[numbers], 90.0))?;
    }
    Ok(())
}

fn percentile_refuses_a_bad_percentage(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a percentage that is not above 50 and at most 100 should be `BadValue` of \
                   `PercentileObserver::new`";
    let below = draw.real(-50.0, 49.0);
    for percent in [50.0, 0.999, below, 100.0_f64.next_up(), f64::NAN, f64::INFINITY] {
        let got = code.observer(ObserverKind::Percentile { percent }, vec![]);
        refuses(message, got, "BadValue", "PercentileObserver::new: ")?;
    }
    for percent in [50.0_f64.next_up(), 100.0] {
        code.observer(ObserverKind::Percentile { percent }, vec![])?;
    }
    Ok(())
}

fn percentile_agrees_with_numpy(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "percentiles should be those of NumPy";
    let table = Table::read(include_str!("../oracle/values/percentile.csv"));
    for row in &table.rows {
        let kind = ObserverKind::Percentile { percent: row.one("percent") };
        let range = range_of(message, code, kind, &row.lists("batches"), any_scheme(draw))?;
        same_range(message, range, (row.one("low"), row.one("high")))?;
    }
    Ok(())
}
