//! The course's models, their data, and how many answers are right.

use heldout::SeedSummary;
use tinytorch::data::addition::Part;
use tinytorch::data::digits::{self, Digits};
use tinytorch::data::sums::{Sums, sums_score};
use tinytorch::models::Gpt;
use tinytorch::train::{DataLoader, Labelled};
use tinytorch::{Layer, Tensor};

use crate::ExampleResult;

/// Rows of sums of 256 characters each, in batches; and the seed that draws them.
const ROWS: usize = 48;
const ROW_BATCH: usize = 8;
const SUMS_SEED: u64 = 2026;

/// Digits, in the shape that a classifier takes.
pub struct DigitExam {
    pub train: Labelled,
    pub validation: Labelled,
    pub held_out: Labelled,
}

impl DigitExam {
    /// Images as rows of 784 pixels.
    pub fn rows() -> ExampleResult<Self> {
        Self::new(Digits::flat)
    }

    /// Images `[n, 1, 28, 28]`.
    pub fn images() -> ExampleResult<Self> {
        Self::new(|digits| Ok(digits.images.clone()))
    }

    fn new(inputs: impl Fn(&Digits) -> tinytorch::Result<Tensor>) -> ExampleResult<Self> {
        let labelled = |digits: Digits| Labelled::new(&inputs(&digits)?, digits.labels.clone());
        Ok(Self {
            train: labelled(digits::train()?)?,
            validation: labelled(digits::validation()?)?,
            held_out: labelled(heldout::digits()?)?,
        })
    }

    /// Right answers on the held-out digits.
    pub fn right(&self, model: &dyn Layer) -> ExampleResult<f64> {
        count_right(model, &self.held_out)
    }

    /// How many there are.
    pub fn questions(&self) -> f64 {
        self.held_out.labels().len() as f64
    }

    /// The right answers of a model made with each seed.
    pub fn of_seeds<M: Layer>(
        &self,
        seeds: impl Iterator<Item = u64>,
        make: impl Fn(u64) -> ExampleResult<M>,
    ) -> ExampleResult<SeedSummary> {
        let counts = seeds.map(|seed| self.right(&make(seed)?));
        Ok(SeedSummary::new(counts.collect::<ExampleResult<_>>()?))
    }
}

/// Right answers.
pub fn count_right(model: &dyn Layer, data: &Labelled) -> ExampleResult<f64> {
    let best = model.forward(data.inputs())?.argmax_axis(1)?;
    let right = best.iter().zip(data.labels()).filter(|(best, label)| best == label);
    Ok(right.count() as f64)
}

/// The share of right answers that fewer of them are, in points.
pub fn points_lost(dense: f64, right: f64, questions: f64) -> f64 {
    100.0 * (dense - right) / questions
}

/// Complete answers of the GPT in rows of sums.
pub const SUM_QUESTIONS: f64 = (ROWS * (256 / 13)) as f64;

/// How many of [`SUM_QUESTIONS`] held-out sums in long rows are right.
pub fn sums_right(gpt: &Gpt) -> ExampleResult<f64> {
    let rows = DataLoader::new(Sums::new(ROWS, 256, Part::HeldOut, SUMS_SEED), ROW_BATCH)?;
    Ok(sums_score(gpt, &rows)?.accuracy.unwrap_or(0.0) * SUM_QUESTIONS)
}
