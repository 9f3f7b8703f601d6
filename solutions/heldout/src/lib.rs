//! Data that students do not have: digits held out from training, sums that were never drawn
//! before, and a model's accuracy on both.
//!
//! The file of these digits is only in this crate. No file in `assignments/` contains any of its
//! rows (`tests/apart.rs`).
//!
//! ```
//! use tinytorch::{Layer, pretrained};
//!
//! let mlp = pretrained::mlp()?;
//! let accuracy = heldout::digit_accuracy(&|images| {
//!     let n = images.shape()[0];
//!     mlp.forward(&images.reshape(&[n, 784])?)
//! })?;
//! assert!(accuracy > 0.95);
//! # Ok::<(), heldout::Failure>(())
//! ```

mod generate;
mod summary;

pub use generate::generate;
pub use summary::SeedSummary;

use std::error::Error;

use tinytorch::data::addition::{self, ANSWER_LEN, Part};
use tinytorch::data::digits::{self, Digits};
use tinytorch::data::{DataError, DataResult};
use tinytorch::models::Gpt;
use tinytorch::{Result, Rng, Tensor};

const HELD_OUT: &str = include_str!("../data/digits-heldout.csv");

/// The reason an accuracy could not be computed.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The held-out digits, used neither for training nor for model selection.
///
/// # Errors
/// Never, unless the data file of this crate was changed.
pub fn digits() -> DataResult<Digits> {
    digits::from_text("digits-heldout.csv", HELD_OUT)
}

/// Accuracy on the held-out digits, from 0 to 1: the share whose correct digit has the highest
/// score.
///
/// # Shapes
/// `scores` maps `[n, 1, 28, 28]` to `[n, 10]`.
///
/// # Errors
/// If `scores` fails or returns another shape.
pub fn digit_accuracy(
    scores: &dyn Fn(&Tensor) -> Result<Tensor>,
) -> std::result::Result<f64, Failure> {
    let digits = digits()?;
    let scores = scores(&digits.images)?;
    if scores.shape() != [digits.len(), digits::CLASSES] {
        let got = scores.shape();
        let wanted = [digits.len(), digits::CLASSES];
        return Err(format!("the scores are {got:?} and not {wanted:?}").into());
    }
    let best = scores.argmax_axis(1)?;
    let right = best.iter().zip(&digits.labels).filter(|(best, label)| best == label).count();
    Ok(right as f64 / digits.len() as f64)
}

/// Number of questions per batch.
const BATCH: usize = 50;

/// Accuracy on `count` held-out sums, from 0 to 1: the share of sums that the model writes without
/// an error. The sums are drawn with `seed`; each has its own row.
///
/// # Errors
/// If the model's vocabulary is not that of the sums.
pub fn sum_accuracy(gpt: &Gpt, count: usize, seed: u64) -> std::result::Result<f64, Failure> {
    let mut rng = Rng::new(seed);
    let prompts: Vec<String> = (0..count)
        .map(|_| addition::draw(Part::HeldOut, &mut rng))
        .map(|(a, b)| addition::prompt(a, b))
        .collect();
    let mut right = 0;
    for prompts in prompts.chunks(BATCH) {
        let texts = complete(gpt, prompts, ANSWER_LEN)?;
        let pairs = prompts.iter().zip(&texts);
        right += pairs.filter(|(prompt, text)| addition::is_correct(prompt, text)).count();
    }
    Ok(right as f64 / count as f64)
}

/// The next `characters` characters that the model writes after each prompt. All prompts must have
/// the same length.
///
/// # Errors
/// If a prompt contains a character that sums do not have, or prompt and answer do not fit into the
/// model.
pub fn complete(
    gpt: &Gpt,
    prompts: &[String],
    characters: usize,
) -> std::result::Result<Vec<String>, Failure> {
    let tokenizer = addition::tokenizer();
    let ids: DataResult<Vec<_>> = prompts.iter().map(|text| tokenizer.encode(text)).collect();
    let written = generate(gpt, &ids?, characters)?;
    let texts: std::result::Result<_, DataError> =
        written.iter().map(|ids| tokenizer.decode(ids)).collect();
    Ok(texts?)
}
