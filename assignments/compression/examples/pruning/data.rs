//! What the models are trained with and what they are asked.

use compression::{PruningTuning, Scope};
use std::error::Error;
use tinytorch::data::addition::Part;
use tinytorch::data::digits::{self, Digits};
use tinytorch::data::sums::{Sums, sums_score};
use tinytorch::models::Gpt;
use tinytorch::train::{DataLoader, Labelled};
use tinytorch::{Layer, Tensor};

pub(crate) type Measured<T> = Result<T, Box<dyn Error>>;

/// Training and validation data for one kind of model.
pub(crate) struct Exam {
    pub(crate) train: Labelled,
    pub(crate) validation: Labelled,
}

impl Exam {
    /// Rows of pixels, for the MLP.
    pub(crate) fn rows() -> Measured<Self> {
        let flat = |digits: &Digits| digits.flat();
        Self::of(flat)
    }

    /// Images, for the CNN.
    pub(crate) fn images() -> Measured<Self> {
        let images = |digits: &Digits| Ok(digits.images.clone());
        Self::of(images)
    }

    fn of(inputs: impl Fn(&Digits) -> tinytorch::Result<Tensor>) -> Measured<Self> {
        let labelled = |digits: &Digits| Labelled::new(&inputs(digits)?, digits.labels.clone());
        let (train, validation) = (digits::train()?, digits::validation()?);
        Ok(Self { train: labelled(&train)?, validation: labelled(&validation)? })
    }

    /// The share of validation images that a model reads, 0 to 1.
    pub(crate) fn accuracy(&self, model: &impl Layer) -> Measured<f64> {
        let best = model.forward(self.validation.inputs())?.argmax_axis(1)?;
        let labels = self.validation.labels();
        let right = best.iter().zip(labels).filter(|(best, label)| best == label).count();
        Ok(right as f64 / labels.len() as f64)
    }
}

/// Ten passes over the training images.
pub(crate) const fn tuning(sparsity: f64) -> PruningTuning {
    PruningTuning {
        sparsity,
        scope: Scope::Global,
        epochs: 10,
        batch_size: 64,
        learning_rate: 2e-3,
        seed: 1,
    }
}

/// The share of sums in rows of 256 characters that a GPT writes without an error, 0 to 1.
pub(crate) fn sums_right(gpt: &Gpt) -> Measured<f64> {
    let rows = DataLoader::new(Sums::new(16, 256, Part::Validation, 1), 8)?;
    Ok(sums_score(gpt, &rows)?.accuracy.unwrap_or(0.0))
}
