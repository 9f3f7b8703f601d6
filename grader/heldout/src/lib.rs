//! What no student has: the digits that were kept away from training, sums nobody has drawn before, and
//! how good a model is at both.
//!
//! The file of these digits stands in this crate alone. Nothing under `assignments/` holds one of its rows
//! (`tests/apart.rs`).
//!
//! ```
//! use tinytorch::{Layer, pretrained};
//!
//! let mlp = pretrained::mlp()?;
//! let accuracy = grader_heldout::digit_accuracy(&|images| {
//!     let n = images.shape()[0];
//!     mlp.forward(&images.reshape(&[n, 784])?)
//! })?;
//! assert!(accuracy > 0.95);
//! # Ok::<(), grader_heldout::Failure>(())
//! ```

mod generate;

pub use generate::generate;

use std::error::Error;

use tinytorch::data::addition::{self, ANSWER_LEN, Part};
use tinytorch::data::digits::{self, Digits};
use tinytorch::data::{DataError, DataResult};
use tinytorch::models::Gpt;
use tinytorch::{Result, Rng, Tensor};

const HELD_OUT: &str = include_str!("../data/digits-heldout.csv");

/// Why an accuracy could not be found.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The digits that nothing was trained on and nothing was chosen by.
///
/// # Errors
/// Never, unless the file of this crate was changed.
pub fn digits() -> DataResult<Digits> {
    digits::from_text("digits-heldout.csv", HELD_OUT)
}

/// The share of held-out digits, from 0 to 1, at which `scores` is largest for the digit that is there.
///
/// # Shapes
/// `scores` takes `[n, 1, 28, 28]` and gives `[n, 10]`.
///
/// # Errors
/// When `scores` fails, or gives another shape.
pub fn digit_accuracy(
    scores: &dyn Fn(&Tensor) -> Result<Tensor>,
) -> std::result::Result<f64, Failure> {
    let digits = digits()?;
    let scores = scores(&digits.images)?;
    if scores.shape() != [digits.len(), digits::CLASSES] {
        let (got, wanted) = (scores.shape(), [digits.len(), digits::CLASSES]);
        return Err(format!("the scores are {got:?} and not {wanted:?}").into());
    }
    let best = scores.argmax_axis(1)?;
    let right = best.iter().zip(&digits.labels).filter(|(best, label)| best == label).count();
    Ok(right as f64 / digits.len() as f64)
}

/// How many questions are answered at once.
const BATCH: usize = 50;

/// The share of `count` held-out sums, from 0 to 1, that the model writes down without an error. They are
/// drawn with `seed`, and each stands alone in its row.
///
/// # Errors
/// When the model's vocabulary is not that of the sums.
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

/// What the model writes after each prompt: `characters` more. All prompts have the same length.
///
/// # Errors
/// When a prompt holds another character than those of sums, or prompt and answer do not fit the model.
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
