//! Task `observe`: moving averages.

use super::observe::{Range, UNSIGNED, batches, ends, range_of, same_range};
use super::prelude::*;
use super::tensor_params::scheme_of;
use course_oracle::values::Table;

cases! { task "observe", client Client;
    /// A moving average moves each end towards that of the batch.
    moving_average_moves_each_end;
    /// The first batch of a moving average is taken as it is, and with momentum `1` the last one.
    moving_average_begins_with_the_first_batch;
    /// A moving average follows the order of the batches, and forgets an outlier in time.
    moving_average_forgets after [moving_average_moves_each_end];
    /// A moving average of the largest numbers does not overflow, and of very different ones its ends stay in order.
    moving_average_takes_extremes after [moving_average_moves_each_end];
    /// A momentum must be above `0` and at most `1`.
    moving_average_refuses_a_bad_momentum;
    /// A moving average has the range that `PyTorch` finds.
    moving_average_agrees_with_pytorch after [moving_average_moves_each_end];
}

/// The definition of the moving average.
fn moved(batches: &[Vec<f32>], momentum: f32) -> Range {
    let momentum = f64::from(momentum);
    let toward = |end: f32, other: f32| {
        (f64::from(end) * (1.0 - momentum) + f64::from(other) * momentum) as f32
    };
    let mut range = ends(&batches[0]);
    for batch in &batches[1..] {
        let other = ends(batch);
        range = (toward(range.0, other.0), toward(range.1, other.1));
    }
    range
}

fn moving_average_moves_each_end(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each end should become (1 - momentum) end + momentum (the batch's end)";
    for momentum in [0.01, 0.1, 0.5, draw.real(0.05, 0.95) as f32] {
        let kind = ObserverKind::MovingAverage { momentum };
        let batches = batches(draw, 8, 20);
        let range = range_of(message, code, kind, &batches, any_scheme(draw))?;
        same_range(message, range, moved(&batches, momentum))?;
    }
    Ok(())
}

fn moving_average_begins_with_the_first_batch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the first batch's ends should be taken as they are, and with momentum 1 those \
                   of the last batch";
    for momentum in [0.01, 0.5, 1.0] {
        let kind = ObserverKind::MovingAverage { momentum };
        let shift = draw.real(3.0, 9.0) as f32;
        let first: Vec<f32> = normals(draw, 20).iter().map(|x| x + shift).collect();
        let range = range_of(message, code, kind, std::slice::from_ref(&first), UNSIGNED)?;
        check::equal(message, &range, &ends(&first))?;
    }
    let batches = [vec![-1e20, 3e20], vec![5.0, 9.0], normals(draw, 20)];
    let kind = ObserverKind::MovingAverage { momentum: 1.0 };
    let range = range_of(message, code, kind, &batches, UNSIGNED)?;
    check::equal(message, &range, &ends(&batches[2]))
}

fn moving_average_forgets(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an outlier in the first batch should count less and less, and one in the last \
                   batch by the momentum";
    let momentum = draw.real(0.2, 0.5) as f32;
    let kind = ObserverKind::MovingAverage { momentum };
    let mut batches = batches(draw, 20, 50);
    batches[0][7] = 100.0;
    let old = range_of(message, code, kind, &batches, UNSIGNED)?;
    same_range(message, old, moved(&batches, momentum))?;
    batches.reverse();
    let new = range_of(message, code, kind, &batches, UNSIGNED)?;
    same_range(message, new, moved(&batches, momentum))?;
    check::that(old.1 < 8.0 && new.1 > 20.0, message, || format!("{old:?} and {new:?}"))
}

fn moving_average_takes_extremes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an average lies between its numbers: no difference of two ends may overflow, \
                   and the lower end may not pass the upper one";
    let momentum = draw.real(0.2, 0.8) as f32;
    let far = draw.real(2.0e38, 3.4e38) as f32;
    let large = [vec![far], vec![-far], vec![far, -far], vec![f32::MAX], vec![f32::MIN]];
    let kind = ObserverKind::MovingAverage { momentum };
    let range = range_of(message, code, kind, &large, UNSIGNED)?;
    same_range(message, range, moved(&large, momentum))?;
    let power = 2.0_f32.powi(60);
    let uneven = [vec![power.next_down(), power], vec![100.0]];
    let kind = ObserverKind::MovingAverage { momentum: 1.0 };
    let (low, high) = range_of(message, code, kind, &uneven, UNSIGNED)?;
    check::that(low <= high, message, || format!("{low:e} to {high:e}"))
}

fn moving_average_refuses_a_bad_momentum(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a momentum that is not above 0 and at most 1 should be `BadValue` of \
                   `MovingAverageObserver::new`";
    let above = draw.real(1.1, 9.0) as f32;
    for momentum in [0.0, -0.5, 1.0_f32.next_up(), above, f32::NAN, f32::INFINITY] {
        let got = code.observer(ObserverKind::MovingAverage { momentum }, vec![]);
        refuses(message, got, "BadValue", "MovingAverageObserver::new: ")?;
    }
    for momentum in [f32::MIN_POSITIVE, 1.0] {
        code.observer(ObserverKind::MovingAverage { momentum }, vec![])?;
    }
    Ok(())
}

fn moving_average_agrees_with_pytorch(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    let message = "the range should be that of PyTorch's MovingAverageMinMaxObserver, up to the \
                   last bits: it computes in f32";
    let table = Table::read(include_str!("../oracle/values/moving_average.csv"));
    for row in &table.rows {
        let kind = ObserverKind::MovingAverage { momentum: row.one("momentum") };
        let batches = row.lists("batches");
        let (low, high) = range_of(message, code, kind, &batches, scheme_of(row))?;
        let of_pytorch = [row.one::<f64>("low"), row.one("high")];
        check::all_close(message, &[low.into(), high.into()], &of_pytorch, 1e-6, 1e-6)?;
    }
    Ok(())
}
