//! Task `model`: the trained models on digits that students do not have.

use super::prelude::*;
use crate::contract::{Images, Net};
use course_oracle::digits::HeldOut;

cases! { task "model", client Client;
    /// The MLP in integers reads held-out digits at most one point worse than in `f32`, and takes about a quarter of the bytes.
    mlp_reads_held_out_digits;
    /// The CNN in integers reads held-out digits at most one point worse than in `f32`, and takes about a quarter of the bytes.
    cnn_reads_held_out_digits;
    /// The same with all observers that leave numbers out.
    mlp_reads_held_out_digits_with_any_observer after [mlp_reads_held_out_digits];
}

/// Calibration images, of the training set.
const TRAINING: usize = 120;

/// Held-out digits that the MLP in `f32` reads, of 355.
const MLP: usize = 352;

/// One point of 355 digits.
const POINT: usize = 4;

/// A byte for each weight, four for each scale and bias, 16 for each layer.
const fn bytes(weights: usize, outputs: usize) -> usize {
    weights + 8 * outputs + 3 * 16
}

fn takes_a_quarter(got: usize, weights: usize, outputs: usize) -> CaseVerdict {
    let message = "the model should store one byte for each weight, four for each scale and bias, and eight each for the \
                   parameters of each layer's input and output: at most 0.27 of the bytes in f32";
    check::equal(message, &got, &bytes(weights, outputs))?;
    check::that(got as f64 <= 0.27 * 4.0 * (weights + outputs) as f64, message, || got.to_string())
}

/// The digit with the highest score, for each row of ten scores. A NaN is never the highest.
fn answers(scores: &[Array]) -> Vec<usize> {
    let rows = scores.iter().flat_map(|batch| batch.data.0.chunks(10));
    let best = rows
        .map(|row| (0..row.len()).fold(0, |best, at| if row[at] > row[best] { at } else { best }));
    best.collect()
}

fn mlp_reads(code: &mut Client, observer: ObserverKind) -> CaseVerdict {
    let message = "the MLP in integers, calibrated with training images, should read held-out digits at most one point worse \
                   than in f32";
    let digits = HeldOut::all();
    let (data, scans) = (Images::Training(TRAINING), Images::Scans(digits.scans.clone()));
    let (model, scores) = code.model(Net::TrainedMlp, data, observer, false, scans)?;
    let right = digits.right(&answers(&scores));
    check::that(right + POINT >= MLP, message, || format!("{right} of {}", digits.count()))?;
    takes_a_quarter(model.nbytes, 784 * 128 + 128 * 64 + 64 * 10, 128 + 64 + 10)
}

fn mlp_reads_held_out_digits(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    mlp_reads(code, ObserverKind::MinMax)
}

fn mlp_reads_held_out_digits_with_any_observer(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    let kinds = [
        ObserverKind::Percentile { percent: 99.99 },
        ObserverKind::Histogram { bins: 2048 },
        ObserverKind::MovingAverage { momentum: 0.1 },
    ];
    kinds.into_iter().try_for_each(|kind| mlp_reads(code, kind))
}

/// In `f32` the CNN reads all 355. At opt-level 0 an image takes 25 ms, so not all of them are read.
fn cnn_reads_held_out_digits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the CNN in integers, calibrated with training images, should read held-out digits at most one point worse \
                   than in f32";
    let digits = HeldOut::draw(60, draw);
    let (data, scans) = (Images::Training(TRAINING), Images::Scans(digits.scans.clone()));
    let observer = ObserverKind::MinMax;
    let (model, scores) = code.model(Net::TrainedCnn, data, observer, false, scans)?;
    let right = digits.right(&answers(&scores));
    check::that(right + 1 >= digits.count(), message, || format!("{right} of {}", digits.count()))?;
    takes_a_quarter(model.nbytes, 16 * 9 + 32 * 16 * 9 + 800 * 10, 16 + 32 + 10)
}
