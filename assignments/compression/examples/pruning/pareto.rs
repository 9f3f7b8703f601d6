//! Accuracy against bytes of the file.

use crate::data::{Exam, Measured, tuning};
use crate::plot::{Axes, COLOURS, Line, Outcome, lines, panels};
use compression::{CodebookTuning, encode_model, fine_tune_pruned, load_encoded, tune_codebooks};
use plotters::prelude::SeriesLabelPosition;
use tinytorch::pretrained;

const SPARSITIES: [f64; 5] = [0.5, 0.8, 0.9, 0.95, 0.98];
const BITS: [u32; 4] = [1, 2, 3, 5];
/// Bytes of the file in full precision.
const PLAIN: f64 = 438_200.0;

/// A file.
struct Point {
    sparsity: f64,
    bits: u32,
    bytes: usize,
    accuracy: f64,
}

pub(crate) fn run(path: &str) -> Outcome {
    let exam = Exam::rows()?;
    let dense = exam.accuracy(&pretrained::mlp()?)?;
    println!("MLP in full precision: {PLAIN:.0} bytes, {:.1} %", 100.0 * dense);
    let mut points = Vec::new();
    for sparsity in SPARSITIES {
        for bits in BITS {
            points.push(file(&exam, sparsity, bits)?);
        }
    }
    points.sort_by_key(|point| point.bytes);
    let front = front(&points);
    println!("  {:>8} {:>5} {:>8} {:>7} {:>7}", "sparsity", "bits", "bytes", "smaller", "right");
    for (at, point) in points.iter().enumerate() {
        println!(
            "  {:>6.0} % {:>5} {:>8} {:>6.1}x {:>5.1} %{}",
            100.0 * point.sparsity,
            point.bits,
            point.bytes,
            PLAIN / point.bytes as f64,
            100.0 * point.accuracy,
            if front.contains(&at) { "  on the front" } else { "" }
        );
    }
    draw(path, &points, &front, dense)?;
    println!("Drawn: {path}");
    Ok(())
}

/// Prunes, shares values, encodes, decodes, and asks what was decoded.
fn file(exam: &Exam, sparsity: f64, bits: u32) -> Measured<Point> {
    let mut model = pretrained::mlp()?;
    fine_tune_pruned(&mut model, &exam.train, tuning(sparsity))?;
    let sharing = CodebookTuning { bits, epochs: 4, batch_size: 64, learning_rate: 7e-4, seed: 1 };
    tune_codebooks(&mut model, &exam.train, sharing)?;
    let file = encode_model(&model, |_| bits)?;
    load_encoded(&mut model, &file)?;
    Ok(Point { sparsity, bits, bytes: file.len(), accuracy: exam.accuracy(&model)? })
}

/// Places of the points, ordered by bytes, that are better than all that are smaller.
fn front(points: &[Point]) -> Vec<usize> {
    let mut best = f64::NEG_INFINITY;
    let mut front = Vec::new();
    for (at, point) in points.iter().enumerate() {
        if point.accuracy > best {
            best = point.accuracy;
            front.push(at);
        }
    }
    front
}

fn draw(path: &str, points: &[Point], front: &[usize], dense: f64) -> Outcome {
    let place = |point: &Point| (point.bytes as f64 / 1000.0, 100.0 * point.accuracy);
    let mut all = Vec::new();
    for (bits, colour) in BITS.into_iter().zip(COLOURS) {
        let points = points.iter().filter(|point| point.bits == bits).map(place).collect();
        all.push(Line { name: format!("{bits} bits"), colour, is_thin: true, points });
    }
    let points_of_front = front.iter().map(|at| place(&points[*at])).collect();
    let name = "best for its bytes".to_owned();
    all.push(Line { name, colour: COLOURS[6], is_thin: false, points: points_of_front });
    let most = points.last().map_or(1.0, |point| point.bytes as f64 / 1000.0);
    all.push(Line {
        name: "in full precision (438 KB)".to_owned(),
        colour: COLOURS[5],
        is_thin: false,
        points: vec![(0.0, 100.0 * dense), (most, 100.0 * dense)],
    });
    let least = points.iter().map(|point| point.accuracy).fold(1.0, f64::min);
    let axes = Axes {
        title: "MLP: digits read, by the length of the file",
        meanings: ["KB", "% right (validation)"],
        across: 0.0..most * 1.02,
        up: (100.0 * least).floor() - 2.0..101.0,
        legend: SeriesLabelPosition::LowerRight,
    };
    let panels = panels(path, (900, 560), (1, 1))?;
    lines(&panels[0], &axes, &all)?;
    panels[0].present()?;
    Ok(())
}
