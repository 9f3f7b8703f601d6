//! Task `observe`: what all observers have in common.

use super::prelude::*;
use super::tensor_params::scheme_of;
use course_oracle::values::Table;

cases! { task "observe", client Client;
    /// Min-max covers the smallest and the largest number of all batches.
    min_max_covers_all_batches;
    /// Min-max does not depend on the order of the batches.
    min_max_does_not_depend_on_order after [min_max_covers_all_batches];
    /// One outlier decides the range of min-max.
    min_max_keeps_outliers after [min_max_covers_all_batches];
    /// Min-max has the range that `PyTorch` finds.
    min_max_agrees_with_pytorch after [min_max_covers_all_batches];
    /// Other data give other ranges, for each observer.
    observers_use_their_data;
    /// Batches may be views, single numbers, or of different shapes.
    observers_take_any_batch;
    /// A range may be asked for between batches, and as often as one likes.
    observers_answer_between_batches;
    /// An observer without data is refused, by name.
    observers_refuse_to_answer_without_data;
    /// A batch without elements is refused, by name, and leaves the observer as it was.
    observers_refuse_empty_batches;
    /// A batch with a NaN or an infinity is refused, by name, and leaves the observer as it was.
    observers_refuse_what_is_not_finite;
}

/// The name and the parameters of each observer.
const OBSERVERS: [(&str, ObserverKind); 4] = [
    ("MinMaxObserver", ObserverKind::MinMax),
    ("MovingAverageObserver", ObserverKind::MovingAverage { momentum: 0.25 }),
    ("PercentileObserver", ObserverKind::Percentile { percent: 99.0 }),
    ("HistogramObserver", ObserverKind::Histogram { bins: 512 }),
];

pub const UNSIGNED: Scheme = Scheme::Unsigned { bits: 8 };

pub type Range = (f32, f32);
type Replies = Vec<Answer<Option<Range>>>;

/// A batch of one axis.
pub fn batch(numbers: &[f32]) -> Array {
    rows(&[numbers.len()], numbers.to_vec())
}

pub fn observe(numbers: &[f32]) -> ObserverStep {
    ObserverStep::Observe(batch(numbers))
}

/// The range after all batches.
pub fn range_of(
    message: &'static str,
    code: &mut Client,
    kind: ObserverKind,
    batches: &[Vec<f32>],
    scheme: Scheme,
) -> Result<Range, grader_judge::Failure> {
    let mut steps: Vec<ObserverStep> = batches.iter().map(|batch| observe(batch)).collect();
    steps.push(ObserverStep::Range(scheme));
    let replies = code.observer(kind, steps)?;
    if let Some(at) = replies.iter().position(Result::is_err) {
        return Err(wrong(message, format!("step {at}: {:?}", replies[at])));
    }
    match replies.last() {
        Some(Ok(Some(range))) if replies.len() == batches.len() + 1 => Ok(*range),
        other => Err(wrong(message, format!("{other:?}"))),
    }
}

/// Passes when both ends are equal, up to the rounding of the larger one to `f32`.
pub fn same_range(message: &'static str, got: Range, expected: Range) -> CaseVerdict {
    let size = f64::from(expected.0.abs().max(expected.1.abs()));
    for (got, expected) in [(got.0, expected.0), (got.1, expected.1)] {
        check::close(message, got.into(), expected.into(), 0.0, 2e-7 * size)?;
    }
    Ok(())
}

pub fn batches(draw: &mut Draw, count: usize, length: usize) -> Vec<Vec<f32>> {
    (0..count).map(|_| normals(draw, length)).collect()
}

pub fn ends(numbers: &[f32]) -> Range {
    let low = numbers.iter().copied().reduce(f32::min);
    let high = numbers.iter().copied().reduce(f32::max);
    low.zip(high).unwrap_or_default()
}

fn min_max_covers_all_batches(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the range should reach from the smallest to the largest number of all batches";
    for shift in [0.0, 20.0, -20.0] {
        let mut batches = batches(draw, 5, 30);
        batches.iter_mut().flatten().for_each(|x| *x += shift);
        let range = range_of(message, code, ObserverKind::MinMax, &batches, any_scheme(draw))?;
        check::equal(message, &range, &ends(&batches.concat()))?;
    }
    Ok(())
}

/// Passes when the batches give the same range in another order, bit by bit.
pub fn any_order(
    message: &'static str,
    code: &mut Client,
    draw: &mut Draw,
    kind: ObserverKind,
    mut batches: Vec<Vec<f32>>,
) -> CaseVerdict {
    let scheme = any_scheme(draw);
    let range = range_of(message, code, kind, &batches, scheme)?;
    for _ in 0..3 {
        draw.shuffle(&mut batches);
        let shuffled = range_of(message, code, kind, &batches, scheme)?;
        check::equal(message, &shuffled, &range)?;
    }
    let whole = range_of(message, code, kind, &[batches.concat()], scheme)?;
    check::equal(message, &whole, &range)
}

fn min_max_does_not_depend_on_order(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the same numbers in another order, or in one batch, should have the same range";
    let batches = batches(draw, 6, 20);
    any_order(message, code, draw, ObserverKind::MinMax, batches)
}

/// Batches of normally distributed numbers, of which one of all is an outlier.
pub fn with_outlier(draw: &mut Draw, batches: &mut [Vec<f32>], outlier: f32) {
    let at = draw.int(0..=batches.len() - 1);
    let within = draw.int(0..=batches[at].len() - 1);
    batches[at][within] = outlier;
}

fn min_max_keeps_outliers(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the range should reach to an outlier among 1,000 numbers";
    for sign in [1.0, -1.0] {
        let mut batches = batches(draw, 10, 100);
        let outlier = sign * draw.real(40.0, 90.0) as f32;
        with_outlier(draw, &mut batches, outlier);
        let range = range_of(message, code, ObserverKind::MinMax, &batches, UNSIGNED)?;
        check::equal(message, &range, &ends(&batches.concat()))?;
    }
    Ok(())
}

fn min_max_agrees_with_pytorch(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    let message = "the range should be that of PyTorch's MinMaxObserver";
    let table = Table::read(include_str!("../oracle/values/min_max.csv"));
    for row in &table.rows {
        let batches = row.lists("batches");
        let range = range_of(message, code, ObserverKind::MinMax, &batches, scheme_of(row))?;
        check::equal(message, &range, &(row.one("low"), row.one("high")))?;
    }
    Ok(())
}

fn observers_use_their_data(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "numbers four times as large should have a range four times as wide";
    for (_, kind) in OBSERVERS {
        let batches = batches(draw, 4, 100);
        let larger: Vec<Vec<f32>> =
            batches.iter().map(|batch| batch.iter().map(|x| 4.0 * x).collect()).collect();
        let range = range_of(message, code, kind, &batches, UNSIGNED)?;
        let wider = range_of(message, code, kind, &larger, UNSIGNED)?;
        // A power of two changes no bits of a fraction, and no histogram.
        same_range(message, wider, (4.0 * range.0, 4.0 * range.1))?;
        let is_inside = range.0 < -1.0 && range.1 > 1.0 && range.1 - range.0 < 12.0;
        check::that(is_inside, message, || format!("{kind:?}: {range:?}"))?;
    }
    Ok(())
}

fn observers_take_any_batch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a batch may have any shape, and may be a view; its numbers are what counts";
    for (_, kind) in OBSERVERS {
        let shapes = [vec![2, 3, 4], vec![], vec![1, 1], vec![5, 3]];
        let batch = |draw: &mut Draw, shape: &Vec<usize>| Array {
            axes: (0..shape.len()).rev().collect(),
            ..rows(shape, normals(draw, shape.iter().product()))
        };
        let arrays: Vec<Array> = shapes.iter().map(|shape| batch(draw, shape)).collect();
        let scheme = any_scheme(draw);
        let mut steps: Vec<_> = arrays.iter().cloned().map(ObserverStep::Observe).collect();
        steps.push(ObserverStep::Range(scheme));
        let replies = code.observer(kind, steps)?;
        let flat: Vec<Vec<f32>> = arrays.iter().map(|array| elements(array).1).collect();
        let expected = range_of(message, code, kind, &flat, scheme)?;
        check::equal(message, &replies.last(), &Some(&Ok(Some(expected))))?;
    }
    Ok(())
}

fn observers_answer_between_batches(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "asking for the range should change nothing";
    for (_, kind) in OBSERVERS {
        let batches = batches(draw, 3, 50);
        let scheme = any_scheme(draw);
        let ask = ObserverStep::Range(scheme);
        let steps = batches.iter().flat_map(|batch| [observe(batch), ask.clone(), ask.clone()]);
        let replies = code.observer(kind, steps.collect())?;
        check::equal(message, &replies.len(), &9)?;
        for seen in 1..=3 {
            let expected = range_of(message, code, kind, &batches[..seen], scheme)?;
            for at in [3 * seen - 2, 3 * seen - 1] {
                check::equal(message, &replies[at], &Ok(Some(expected)))?;
            }
        }
    }
    Ok(())
}

/// Passes when a step failed with this kind of error, and a message that begins like this.
pub fn step_refuses(
    message: &'static str,
    replies: &Replies,
    at: usize,
    kind: &str,
    named: &str,
) -> CaseVerdict {
    let is_right = |reply: &Answer<Option<Range>>| {
        let error = reply.as_ref().err();
        error.is_some_and(|error| error.kind == kind && error.message.starts_with(named))
    };
    check::that(replies.get(at).is_some_and(is_right), message, || {
        format!("got {:?}, expected {kind}: {named:?}", replies.get(at))
    })
}

fn observers_refuse_to_answer_without_data(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a range before the first batch should be `NoData` of the observer's `range`";
    for (name, kind) in OBSERVERS {
        let bad = ObserverStep::Observe(rows(&[0], vec![]));
        let ask = ObserverStep::Range(any_scheme(draw));
        let replies = code.observer(kind, vec![ask.clone(), bad, ask])?;
        for at in [0, 2] {
            step_refuses(message, &replies, at, "NoData", &format!("{name}::range: "))?;
        }
    }
    Ok(())
}

/// Passes when this batch is refused, between others whose range is as if it had not been there.
fn refuses_batch(
    message: &'static str,
    code: &mut Client,
    draw: &mut Draw,
    (kind, bad): (ObserverKind, &Array),
    (error, named): (&str, &str),
) -> CaseVerdict {
    let batches = batches(draw, 2, 30);
    let scheme = UNSIGNED;
    let bad = ObserverStep::Observe(bad.clone());
    let steps = vec![
        bad.clone(),
        observe(&batches[0]),
        bad,
        observe(&batches[1]),
        ObserverStep::Range(scheme),
    ];
    let replies = code.observer(kind, steps)?;
    for at in [0, 2] {
        step_refuses(message, &replies, at, error, named)?;
    }
    let expected = range_of(message, code, kind, &batches, scheme)?;
    check::equal(message, &replies.get(4), &Some(&Ok(Some(expected))))
}

fn observers_refuse_empty_batches(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a batch without elements should be `Empty` of the observer's `observe`, and \
                   change nothing";
    for (name, kind) in OBSERVERS {
        for shape in [vec![0], vec![3, 0]] {
            let named = format!("{name}::observe: the tensor {shape:?} ");
            let bad = rows(&shape, vec![]);
            refuses_batch(message, code, draw, (kind, &bad), ("Empty", &named))?;
        }
    }
    Ok(())
}

fn observers_refuse_what_is_not_finite(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a batch with a NaN or an infinity should be `NotFinite` of the observer's \
                   `observe`, and change nothing";
    for (name, kind) in OBSERVERS {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            // The numbers before it would widen the range.
            let mut bad = rows(&[2, 3], vec![99.0, -99.0, 1.0, 2.0, 3.0, 4.0]);
            bad.data.0[draw.int(2..=5)] = value;
            let named = format!("{name}::observe: the tensor [2, 3] holds {value},");
            refuses_batch(message, code, draw, (kind, &bad), ("NotFinite", &named))?;
        }
    }
    Ok(())
}
