//! The rows of the table.

use std::fs;
use std::path::Path;
use std::time::Duration;

use heldout::{digit_accuracy, digits, sum_accuracy};
use tinytorch::data::addition::Part;
use tinytorch::data::sums::Sums;
use tinytorch::train::Dataset;
use tinytorch::{Layer, checkpoint, loss, pretrained};

use crate::ExampleResult;
use crate::measure::{ModelTimes, times};
use crate::train::TrainingResult;

/// Number of unseen sums for the accuracy, and the seed that draws them.
const SUMS: usize = 1000;
const SEED: u64 = 2026;
/// Number of images in a timed batch.
const IMAGES: usize = 64;
/// Number of rows in a timed batch of sums, of 256 characters each.
const ROWS: usize = 8;

/// One row of the table.
pub struct TableRow {
    /// File name without extension.
    pub file: &'static str,
    what: &'static str,
    parameters: usize,
    bytes: u64,
    validation: String,
    held_out: f64,
    times: ModelTimes,
}

/// The committed models, measured.
pub fn all(folder: &Path) -> ExampleResult<Vec<TableRow>> {
    let digits = digits()?;
    let images = digits.images.slice_axis(0, 0, IMAGES)?;
    let labels = &digits.labels[..IMAGES];
    let flat = images.reshape(&[IMAGES, 784])?;
    let row = |file, what, model: &dyn Layer, held_out, times| -> ExampleResult<TableRow> {
        let path = folder.join(format!("{file}.safetensors"));
        let parameters = model.parameters().iter().map(|(_, tensor)| tensor.len()).sum();
        let validation = checkpoint::load(&path)?.metadata().get("validation_accuracy").cloned();
        let validation = validation.unwrap_or_default();
        let bytes = fs::metadata(&path)?.len();
        Ok(TableRow { file, what, parameters, bytes, validation, held_out, times })
    };

    let mlp = pretrained::mlp()?;
    let held_out =
        digit_accuracy(&|images| mlp.forward(&images.reshape(&[images.shape()[0], 784])?))?;
    let timed =
        times(pretrained::mlp()?, |m| m.forward(&flat), |y| loss::cross_entropy(y, labels))?;
    let mlp = row("mlp", "MLP 784-128-64-10 reads digits", &mlp, held_out, timed)?;

    let cnn = pretrained::cnn()?;
    let held_out = digit_accuracy(&|images| cnn.forward(images))?;
    let timed =
        times(pretrained::cnn()?, |m| m.forward(&images), |y| loss::cross_entropy(y, labels))?;
    let cnn = row("cnn", "CNN, 16 and 32 channels, reads digits", &cnn, held_out, timed)?;

    let gpt = pretrained::gpt()?;
    let held_out = sum_accuracy(&gpt, SUMS, SEED)?;
    let batch = Sums::new(ROWS, 256, Part::Validation, SEED).batch(&[0, 1, 2, 3, 4, 5, 6, 7], 0)?;
    let loss = |y: &_| loss::cross_entropy_where(y, &batch.targets);
    let timed = times(pretrained::gpt()?, |m| m.forward_ids(&batch.ids), loss)?;
    let gpt = row("gpt", "GPT, width 64, 3 blocks, 4 heads, adds", &gpt, held_out, timed)?;
    Ok(vec![mlp, cnn, gpt])
}

const HEAD: &str = "\
| file | model | parameters | bytes | validation | held out | use of a batch | training step | training | same bits |
|---|---|---:|---:|---:|---:|---:|---:|---:|---|
";

/// The table as Markdown. Includes `trainings` if there are any.
pub fn markdown(models: &[TableRow], trainings: &[TrainingResult]) -> String {
    let rows = models.iter().enumerate().map(|(i, model)| row(model, trainings.get(i)));
    HEAD.to_string() + &rows.collect::<String>()
}

fn row(model: &TableRow, training: Option<&TrainingResult>) -> String {
    let took = training.map_or("-".to_string(), |t| format!("{:.0} s", t.took.as_secs_f64()));
    let same = training.map_or("-", |t| if t.same_bits { "yes" } else { "no" });
    let validation: f64 = model.validation.parse().unwrap_or(f64::NAN);
    format!(
        "| `{}.safetensors` | {} | {} | {} | {:.1} % | {:.1} % | {} | {} | {took} | {same} |\n",
        model.file,
        model.what,
        model.parameters,
        model.bytes,
        100.0 * validation,
        100.0 * model.held_out,
        milliseconds(model.times.inference),
        milliseconds(model.times.training_step),
    )
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}
