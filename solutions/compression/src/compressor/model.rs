//! The whole way: prune, fine-tune, share values, encode.

// BEGIN SOLUTION: -
use crate::{
    CodebookTuning, CompressionError, PruningTuning, Scope, encode_model, fine_tune_pruned,
    load_encoded, pruned_count, tune_codebooks,
};
use tinytorch::{Tensor, layer};
// END SOLUTION
use crate::Result;
use tinytorch::Layer;
use tinytorch::train::Labelled;

/// Compresses classifiers.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCompressor {
    /// The accuracy that may be lost on data that the compressor is not trained on, 0 to 1: 0.01 is a point.
    pub max_accuracy_loss: f64,
    /// Sparsities to try, the highest first.
    pub sparsities: Vec<f64>,
    /// Bits of codebook indices to try at each sparsity, the fewest first.
    pub bits: Vec<u32>,
    /// Passes over the data while pruning; a third of it, rounded up, while tuning codebooks.
    pub epochs: usize,
    /// The peak learning rate while pruning; a third of it while tuning codebooks.
    pub learning_rate: f64,
    /// Shuffles the data.
    pub seed: u64,
}

/// What a compression did. Given.
#[derive(Clone, Debug, PartialEq)]
pub struct CompressionReport {
    /// The sparsity and the bits that were chosen.
    pub sparsity: f64,
    /// Bits of an index.
    pub bits: u32,
    /// Accuracy on the validation data before and after, 0 to 1: of the model, and of what the file decodes to.
    pub accuracy: (f64, f64),
    /// Attempts that lost too much: sparsity, bits, accuracy.
    pub rejected: Vec<(f64, u32, f64)>,
}

/// A compressed model. Given.
#[derive(Clone, Debug, PartialEq)]
pub struct Compressed {
    /// The file.
    pub file: Vec<u8>,
    /// How it was made.
    pub report: CompressionReport,
}

impl ModelCompressor {
    /// Prunes ([`fine_tune_pruned`](crate::fine_tune_pruned), global, batches of 64), shares values
    /// ([`tune_codebooks`](crate::tune_codebooks)), encodes, decodes, and measures the accuracy of what was decoded on the validation data.
    /// Takes the sparsities in order, and for each the bits in order, and returns the first that loses no more than
    /// [`max_accuracy_loss`](ModelCompressor::max_accuracy_loss) of the given model's accuracy. Each sparsity is pruned once, from the model
    /// as it was given. Afterwards the model has the parameters that the file holds; after an error, those that it was given with.
    ///
    /// Leave a margin: the budget is for data that nobody has seen, and the accuracy on a few hundred images is uncertain by half a
    /// point. What loses more than half of the budget, or more than one image if half of the budget is less than an image, is
    /// rejected.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `ModelCompressor::compress` if nothing is to be tried, for a budget outside of
    /// 0 to 1, and, with all attempts and their accuracies, if every one loses too much; those of the steps.
    ///
    /// # Cost
    /// The fine-tuning of each attempt.
    pub fn compress<M: Layer>(
        &self,
        model: &mut M,
        train: &Labelled,
        validation: &Labelled,
    ) -> Result<Compressed> {
        // BEGIN SOLUTION: from the smallest file to the largest
        self.check()?;
        let given = parameters_of(model);
        let outcome = self.first_within_budget(model, &given, train, validation);
        if outcome.is_err() {
            set_parameters(model, &given)?;
        }
        outcome
        // END SOLUTION
    }
    // BEGIN SOLUTION: -

    fn check(&self) -> Result<()> {
        let bad = |reason: String| Err(CompressionError::value(OPERATION, reason));
        if self.sparsities.is_empty() || self.bits.is_empty() {
            return bad(
                "nothing to try: give at least one sparsity and one number of bits".to_owned()
            );
        }
        if !(0.0..=1.0).contains(&self.max_accuracy_loss) {
            return bad(format!("a budget of {}: use 0 to 1", self.max_accuracy_loss));
        }
        for sparsity in &self.sparsities {
            pruned_count(OPERATION, *sparsity, 0)?;
        }
        Ok(())
    }

    /// What is lost on the validation data may be half of the budget, but one image at least, if the budget allows one.
    fn allowed_loss(&self, images: usize) -> f64 {
        let image = 1.0 / images as f64;
        (self.max_accuracy_loss / 2.0).max(image.min(self.max_accuracy_loss))
    }

    fn first_within_budget<M: Layer>(
        &self,
        model: &mut M,
        given: &[Tensor],
        train: &Labelled,
        validation: &Labelled,
    ) -> Result<Compressed> {
        let before = accuracy(model, validation)?;
        let allowed = self.allowed_loss(validation.labels().len());
        let mut rejected = Vec::new();
        for sparsity in &self.sparsities {
            set_parameters(model, given)?;
            fine_tune_pruned(model, train, self.pruning(*sparsity))?;
            let pruned = parameters_of(model);
            for bits in &self.bits {
                set_parameters(model, &pruned)?;
                tune_codebooks(model, train, self.sharing(*bits))?;
                let file = encode_model(model, |_| *bits)?;
                load_encoded(model, &file)?;
                let after = accuracy(model, validation)?;
                // Counts of images, so differences are exact but for rounding.
                if before - after <= allowed + 1e-9 {
                    let (sparsity, bits) = (*sparsity, *bits);
                    let accuracy = (before, after);
                    let report = CompressionReport { sparsity, bits, accuracy, rejected };
                    return Ok(Compressed { file, report });
                }
                rejected.push((*sparsity, *bits, after));
            }
        }
        let attempts: Vec<String> = rejected.iter().map(told).collect();
        let reason = format!(
            "an accuracy of {before:.4} and a budget of {}: all attempts lose too much: {}",
            self.max_accuracy_loss,
            attempts.join("; ")
        );
        Err(CompressionError::value(OPERATION, reason))
    }

    fn pruning(&self, sparsity: f64) -> PruningTuning {
        let (epochs, learning_rate, seed) = (self.epochs, self.learning_rate, self.seed);
        let (scope, batch_size) = (Scope::Global, BATCH);
        PruningTuning { sparsity, scope, epochs, batch_size, learning_rate, seed }
    }

    fn sharing(&self, bits: u32) -> CodebookTuning {
        CodebookTuning {
            bits,
            epochs: self.epochs.div_ceil(3),
            batch_size: BATCH,
            learning_rate: self.learning_rate / 3.0,
            seed: self.seed,
        }
    }
    // END SOLUTION
}
// BEGIN SOLUTION: -

const OPERATION: &str = "ModelCompressor::compress";
/// Images in a batch.
const BATCH: usize = 64;

fn told((sparsity, bits, accuracy): &(f64, u32, f64)) -> String {
    format!("{accuracy:.4} at sparsity {sparsity} and {bits} bits")
}

fn accuracy<M: Layer>(model: &M, data: &Labelled) -> Result<f64> {
    let best = model.forward(data.inputs())?.argmax_axis(1)?;
    let right = best.iter().zip(data.labels()).filter(|(best, label)| best == label).count();
    Ok(right as f64 / data.labels().len() as f64)
}

fn parameters_of<M: Layer>(model: &M) -> Vec<Tensor> {
    model.parameters().into_iter().map(|(_, parameter)| parameter.detach()).collect()
}

fn set_parameters<M: Layer>(model: &mut M, elements: &[Tensor]) -> Result<()> {
    for ((_, parameter), elements) in model.parameters_mut().into_iter().zip(elements) {
        layer::assign(parameter, elements.clone())?;
    }
    Ok(())
}
// END SOLUTION
