//! The trained models of this course, their inputs, and their accuracy.

use std::error::Error;
use tinytorch::data::addition::Part;
use tinytorch::data::digits;
use tinytorch::data::sums::{Sums, sums_score};
use tinytorch::models::{Cnn, Gpt, Mlp};
use tinytorch::train::{DataLoader, Dataset, Labelled, classifier_score};
use tinytorch::{Layer, Tensor, pretrained};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Rows of sums for measuring the transformer's accuracy.
const ROWS: usize = 64;
/// The seed of the sums.
const SEED: u64 = 3;

/// A trained model with a matching input.
pub(crate) struct Trained<M> {
    pub(crate) model: M,
    pub(crate) input: Tensor,
    /// The fraction of correct answers, on data that the model was not trained on.
    pub(crate) accuracy: f64,
}

/// The MLP on this many images of digits, flattened.
pub(crate) fn mlp(images: usize) -> Outcome<Trained<Mlp>> {
    let digits = digits::validation()?;
    classifier(pretrained::mlp()?, &digits.flat()?, digits.labels, images)
}

/// The CNN on the same images.
pub(crate) fn cnn(images: usize) -> Outcome<Trained<Cnn>> {
    let digits = digits::validation()?;
    classifier(pretrained::cnn()?, &digits.images, digits.labels, images)
}

fn classifier<M: Layer>(
    model: M,
    all: &Tensor,
    labels: Vec<usize>,
    images: usize,
) -> Outcome<Trained<M>> {
    let data = DataLoader::new(Labelled::new(all, labels)?, images)?;
    let accuracy = classifier_score(&model, &data)?.accuracy.ok_or("no image to look at")?;
    Ok(Trained { model, input: all.slice_axis(0, 0, images)?, accuracy })
}

/// The transformer on sequences of sums that it was not trained on.
pub(crate) fn gpt(sequences: usize, tokens: usize) -> Outcome<Trained<Gpt>> {
    let model = pretrained::gpt()?;
    let sums = Sums::new(ROWS, tokens, Part::Validation, SEED);
    let first: Vec<usize> = (0..sequences).collect();
    let ids = sums.batch(&first, 0)?.ids.concat();
    let ids = ids.into_iter().map(|id| id as f32).collect();
    let input = Tensor::from_vec(ids, &[sequences, tokens])?;
    let score = sums_score(&model, &DataLoader::new(sums, sequences)?)?;
    let accuracy = score.accuracy.ok_or("no whole answer in a row")?;
    Ok(Trained { model, input, accuracy })
}
