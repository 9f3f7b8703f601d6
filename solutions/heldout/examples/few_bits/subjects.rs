//! The course's models on held-out data.

use quantization::{
    Calibration, FineTuning, ObserverKind, QuantizedModel, StorageFormat, fine_tune, quantize_cnn,
    quantize_mlp,
};
use tinytorch::data::addition::Part;
use tinytorch::data::digits::{self, Digits};
use tinytorch::data::sums::{Sums, sums_score};
use tinytorch::models::Gpt;
use tinytorch::train::{DataLoader, Labelled};
use tinytorch::{Layer, Tensor, pretrained};

use crate::ExampleResult;
use crate::methods::{BITS, SCALES, round, store};

/// Images in a calibration batch, and batches.
const CALIBRATION: (usize, usize) = (50, 8);
/// Rows of sums of the GPT, of 256 characters each, in batches; and the seed that draws them.
const ROWS: usize = 48;
const ROW_BATCH: usize = 8;
const SUMS_SEED: u64 = 2026;
/// Seeds of fine-tuning.
pub const SEEDS: std::ops::RangeInclusive<u64> = 1..=8;

/// A stored model: its bytes, and how many answers are right.
#[derive(Clone, Copy, Debug)]
pub struct Stored {
    pub nbytes: usize,
    pub right: f64,
}

/// What was measured of a model.
pub struct Subject {
    pub name: &'static str,
    /// Answers asked for.
    pub questions: f64,
    /// In `f32`, f16 and bf16.
    pub floats: [Stored; 3],
    /// In 8-bit integers from the first layer to the logits.
    pub integers: Option<Stored>,
    /// For each number of bits, with each way to find scales.
    pub rounded: Vec<(u32, [Stored; 4])>,
    /// Right answers at 2 bits after fine-tuning, for each seed.
    pub tuned: Vec<f64>,
}

/// A model and its judge.
struct Exam<'a, M> {
    name: &'static str,
    questions: f64,
    model: &'a dyn Fn() -> tinytorch::Result<M>,
    right: &'a dyn Fn(&M) -> tinytorch::Result<f64>,
}

impl<M: Layer> Exam<'_, M> {
    /// The right answers of the model after it was changed in place, which gives its bytes.
    fn stored(&self, store: impl Fn(&mut M) -> ExampleResult<usize>) -> ExampleResult<Stored> {
        let mut model = (self.model)()?;
        let nbytes = store(&mut model)?;
        Ok(Stored { nbytes, right: (self.right)(&model)? })
    }

    /// All without integers and fine-tuning.
    fn subject(&self) -> ExampleResult<Subject> {
        let format = |format| self.stored(|model| store(model, format));
        let floats = [
            format(StorageFormat::F32)?,
            format(StorageFormat::F16)?,
            format(StorageFormat::Bf16)?,
        ];
        let mut rounded = Vec::new();
        for bits in BITS {
            let mut of = [floats[0]; 4];
            for (stored, scales) in of.iter_mut().zip(SCALES) {
                *stored = self.stored(|model| round(model, bits, scales))?;
            }
            rounded.push((bits, of));
        }
        let (name, questions) = (self.name, self.questions);
        Ok(Subject { name, questions, floats, integers: None, rounded, tuned: Vec::new() })
    }

    /// The right answers at 2 bits after fine-tuning on training data, for each seed.
    fn tuned(&self, inputs: &Tensor, labels: &[usize], epochs: usize) -> ExampleResult<Vec<f64>> {
        let data = Labelled::new(inputs, labels.to_vec())?;
        let tuned = SEEDS.map(|seed| {
            let tuning = FineTuning { bits: 2, epochs, batch_size: 64, learning_rate: 1e-3, seed };
            let mut model = fine_tune((self.model)()?, &data, tuning)?;
            store(&mut model, StorageFormat::Integer { bits: 2 })?;
            Ok((self.right)(&model)?)
        });
        tuned.collect()
    }
}

/// How many labels have the highest score.
fn right(scores: &Tensor, labels: &[usize]) -> tinytorch::Result<f64> {
    let best = scores.argmax_axis(1)?;
    Ok(best.iter().zip(labels).filter(|(best, label)| best == label).count() as f64)
}

fn batches(inputs: &Tensor) -> tinytorch::Result<Vec<Tensor>> {
    let (size, count) = CALIBRATION;
    (0..count).map(|at| inputs.slice_axis(0, at * size, (at + 1) * size)).collect()
}

/// The model in integers, calibrated with the widest ranges of training images.
fn integers(
    model: &QuantizedModel,
    inputs: &Tensor,
    digits: &Digits,
) -> ExampleResult<Option<Stored>> {
    let scores = model.forward(inputs)?;
    Ok(Some(Stored { nbytes: model.nbytes(), right: right(&scores, &digits.labels)? }))
}

/// The MLP that reads digits.
pub fn mlp() -> ExampleResult<Subject> {
    let (train, held_out) = (digits::train()?, heldout::digits()?);
    let images = held_out.flat()?;
    let exam = Exam {
        name: "MLP",
        questions: held_out.len() as f64,
        model: &pretrained::mlp,
        right: &|model| right(&model.forward(&images)?, &held_out.labels),
    };
    let batches = batches(&train.flat()?)?;
    let calibration = Calibration { batches: &batches, observer: ObserverKind::MinMax };
    let quantized = quantize_mlp(&pretrained::mlp()?, calibration)?;
    Ok(Subject {
        integers: integers(&quantized, &images, &held_out)?,
        tuned: exam.tuned(&train.flat()?, &train.labels, 6)?,
        ..exam.subject()?
    })
}

/// The CNN that reads digits.
pub fn cnn() -> ExampleResult<Subject> {
    let (train, held_out) = (digits::train()?, heldout::digits()?);
    let exam = Exam {
        name: "CNN",
        questions: held_out.len() as f64,
        model: &pretrained::cnn,
        right: &|model| right(&model.forward(&held_out.images)?, &held_out.labels),
    };
    let batches = batches(&train.images)?;
    let calibration = Calibration { batches: &batches, observer: ObserverKind::MinMax };
    let quantized = quantize_cnn(&pretrained::cnn()?, calibration)?;
    Ok(Subject {
        integers: integers(&quantized, &held_out.images, &held_out)?,
        tuned: exam.tuned(&train.images, &train.labels, 4)?,
        ..exam.subject()?
    })
}

/// The GPT that adds, in rows of 256 characters: each complete answer counts.
pub fn gpt() -> ExampleResult<Subject> {
    let rows = DataLoader::new(Sums::new(ROWS, 256, Part::HeldOut, SUMS_SEED), ROW_BATCH)?;
    let answers = (ROWS * (256 / 13)) as f64;
    let right = |model: &Gpt| Ok(sums_score(model, &rows)?.accuracy.unwrap_or(0.0) * answers);
    let exam = Exam { name: "GPT", questions: answers, model: &pretrained::gpt, right: &right };
    exam.subject()
}
