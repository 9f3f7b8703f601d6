//! Accuracy and bytes of the three models, format by format.

use crate::plot::{Bar, COLOURS, Heights, Outcome, bars, panels};
use crate::unfinished;
use quantization::{
    Calibration, FineTuning, ObserverKind, QuantizedModel, StorageFormat, StoredWeights, fine_tune,
    quantize_cnn, quantize_mlp,
};
use std::error::Error;
use tinytorch::data::addition::Part;
use tinytorch::data::digits;
use tinytorch::data::sums::{Sums, sums_score};
use tinytorch::train::{DataLoader, Labelled};
use tinytorch::{Layer, Tensor, pretrained};

/// Formats of weights that become `f32` again before they are used.
const FORMATS: [(&str, StorageFormat); 8] = [
    ("f32", StorageFormat::F32),
    ("f16", StorageFormat::F16),
    ("bf16", StorageFormat::Bf16),
    ("8 bits", StorageFormat::Integer { bits: 8 }),
    ("6 bits", StorageFormat::Integer { bits: 6 }),
    ("4 bits", StorageFormat::Integer { bits: 4 }),
    ("3 bits", StorageFormat::Integer { bits: 3 }),
    ("2 bits", StorageFormat::Integer { bits: 2 }),
];

/// One pass over the training images.
const TUNING: FineTuning =
    FineTuning { bits: 2, epochs: 3, batch_size: 32, learning_rate: 1e-3, seed: 1 };

/// Images for calibration.
const CALIBRATION: usize = 200;

type Measured<T> = Result<T, Box<dyn Error>>;

/// A model in one format.
struct Row {
    format: String,
    nbytes: usize,
    accuracy: f64,
    /// Integers from the first layer to the logits, or weights that know of the rounding.
    is_special: bool,
}

pub(crate) fn run(path: &str) -> Outcome {
    let validation = digits::validation()?;
    let flat = Labelled::new(&validation.flat()?, validation.labels.clone())?;
    let images = Labelled::new(&validation.images, validation.labels.clone())?;
    let train = digits::train()?;
    let mut tables = Vec::new();

    let rows = train.flat()?;
    let mut mlp = weights(
        || Ok(pretrained::mlp()?),
        |mlp| right(&mlp.forward(flat.inputs())?, flat.labels()),
    );
    mlp.extend(row("int8", || {
        let batches = [rows.slice_axis(0, 0, CALIBRATION)?];
        integers(&quantize_mlp(&pretrained::mlp()?, calibration(&batches))?, &flat)
    }));
    let tuned = Labelled::new(&rows, train.labels.clone())?;
    mlp.extend(row("2, tuned", || two_bits(fine_tune(pretrained::mlp()?, &tuned, TUNING)?, &flat)));
    tables.push(("MLP: digits read", mlp));

    let mut cnn = weights(
        || Ok(pretrained::cnn()?),
        |cnn| right(&cnn.forward(images.inputs())?, images.labels()),
    );
    cnn.extend(row("int8", || {
        let batches = [train.images.slice_axis(0, 0, CALIBRATION)?];
        integers(&quantize_cnn(&pretrained::cnn()?, calibration(&batches))?, &images)
    }));
    let tuned = Labelled::new(&train.images, train.labels.clone())?;
    cnn.extend(row("2, tuned", || {
        two_bits(fine_tune(pretrained::cnn()?, &tuned, TUNING)?, &images)
    }));
    tables.push(("CNN: digits read", cnn));

    let sums = DataLoader::new(Sums::new(24, 256, Part::Validation, 1), 8)?;
    let gpt = weights(
        || Ok(pretrained::gpt()?),
        |gpt| Ok(sums_score(gpt, &sums)?.accuracy.unwrap_or(0.0)),
    );
    tables.push(("GPT: sums written without an error", gpt));

    for (title, rows) in &tables {
        print(title, rows);
    }
    draw(path, &tables)?;
    println!("Drawn: {path}");
    Ok(())
}

/// One row, unless a task is missing.
fn row(format: &str, measure: impl FnOnce() -> Measured<(usize, f64)>) -> Option<Row> {
    let measured = unfinished::skip(format, measure)?;
    let is_special = !FORMATS.iter().any(|(name, _)| *name == format);
    match measured {
        Ok((nbytes, accuracy)) => {
            Some(Row { format: format.to_owned(), nbytes, accuracy, is_special })
        }
        Err(error) => {
            println!("{format}: {error}");
            None
        }
    }
}

/// The model with stored weights, in each format.
fn weights<M: Layer>(
    load: impl Fn() -> Measured<M>,
    accuracy: impl Fn(&M) -> Measured<f64>,
) -> Vec<Row> {
    let in_format = |(name, format): (&str, StorageFormat)| {
        row(name, || {
            let mut model = load()?;
            let stored = StoredWeights::new(&model, |_| format)?;
            stored.load_into(&mut model)?;
            Ok((stored.nbytes(), accuracy(&model)?))
        })
    };
    FORMATS.into_iter().filter_map(in_format).collect()
}

fn two_bits<M: Layer>(mut model: M, data: &Labelled) -> Measured<(usize, f64)> {
    let stored = StoredWeights::new(&model, |_| StorageFormat::Integer { bits: TUNING.bits })?;
    stored.load_into(&mut model)?;
    Ok((stored.nbytes(), right(&model.forward(data.inputs())?, data.labels())?))
}

fn calibration(batches: &[Tensor]) -> Calibration<'_> {
    Calibration { batches, observer: ObserverKind::MinMax }
}

fn integers(model: &QuantizedModel, data: &Labelled) -> Measured<(usize, f64)> {
    Ok((model.nbytes(), right(&model.forward(data.inputs())?, data.labels())?))
}

/// The share of rows whose label has the highest score.
fn right(scores: &Tensor, labels: &[usize]) -> Measured<f64> {
    let best = scores.argmax_axis(1)?;
    let right = best.iter().zip(labels).filter(|(best, label)| best == label).count();
    Ok(right as f64 / labels.len() as f64)
}

fn print(title: &str, rows: &[Row]) {
    println!("{title}:");
    let whole = rows.first().map_or(1, |row| row.nbytes);
    for row in rows {
        println!(
            "  {:<10} {:>9} bytes {:>7.3} of f32 {:>7.1} %",
            row.format,
            row.nbytes,
            row.nbytes as f64 / whole as f64,
            100.0 * row.accuracy
        );
    }
}

fn draw(path: &str, tables: &[(&str, Vec<Row>)]) -> Outcome {
    let panels = panels(path, (1000, 900), (tables.len(), 1))?;
    for (panel, (title, rows)) in panels.iter().zip(tables) {
        let drawn = rows.iter().map(|row| Bar {
            height: 100.0 * row.accuracy,
            range: None,
            above: format!("{:.1}", 100.0 * row.accuracy),
            below: vec![row.format.clone(), format!("{:.1} KB", row.nbytes as f64 / 1000.0)],
            colour: if row.is_special { COLOURS[1] } else { COLOURS[0] },
        });
        let drawn: Vec<Bar> = drawn.collect();
        bars(panel, &Heights { title, meaning: "% right (validation)", end: 112.0 }, &drawn)?;
    }
    panels[0].present()?;
    Ok(())
}
