//! The whole way: prune, fine-tune, share values, encode.

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
        let _ = (&model, &train, &validation); // Not used yet: goes with the todo!.
        todo!("from the smallest file to the largest")
    }
}
