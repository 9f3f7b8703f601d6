//! Training that knows of the codebook.

use crate::Result;
use tinytorch::Layer;
use tinytorch::train::Labelled;

/// How to fine-tune. Given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CodebookTuning {
    /// Bits of an index: each weight has at most `2^bits` values besides 0.
    pub bits: u32,
    /// Passes over the data, at least 1.
    pub epochs: usize,
    /// Images in a batch.
    pub batch_size: usize,
    /// The peak of the learning rate, which then falls to 0 along a cosine.
    pub learning_rate: f64,
    /// Shuffles the data.
    pub seed: u64,
}

/// Trains a classifier so that it is right with shared values. Afterwards each weight has at most `2^bits`
/// different values besides 0, and what is 0 stays 0. The model computes with the nearest values, the gradient goes to the
/// numbers behind them (a *straight-through* estimate), and every 10 steps each codebook is refined twice. The optimizer is
/// Adam with decay rates 0.9 and 0.99; gradients are clipped to norm 1.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `tune_codebooks` for 0 epochs; those of [`Codebook::fit`](crate::Codebook::fit)
/// and of the foundation's training.
///
/// # Cost
/// That of training the model, plus a look at each non-zero weight in each step.
pub fn tune_codebooks<M: Layer>(
    model: &mut M,
    data: &Labelled,
    tuning: CodebookTuning,
) -> Result<()> {
    // BEGIN SOLUTION: shared values in front of each step, precise ones behind it
    todo!("to be written")
    // END SOLUTION
}
