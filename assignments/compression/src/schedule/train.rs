//! Fine-tuning of a classifier while it is pruned.

use crate::{Result, Scope};
use tinytorch::Layer;
use tinytorch::train::Labelled;

/// How to prune and fine-tune. Given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PruningTuning {
    /// The share of pruned weights at the end.
    pub sparsity: f64,
    /// What it is a share of.
    pub scope: Scope,
    /// Passes over the data, at least 1.
    pub epochs: usize,
    /// Images in a batch.
    pub batch_size: usize,
    /// The peak of the learning rate, which then falls to 0 along a cosine.
    pub learning_rate: f64,
    /// Shuffles the data.
    pub seed: u64,
}

/// Prunes a classifier along a cubic [`SparsitySchedule`](crate::SparsitySchedule) and trains it at the same time: from
/// sparsity 0 at the first step, over the first 60 % of the steps, every 8 steps. The optimizer is Adam with decay rates 0.9
/// and 0.99; gradients are clipped to norm 1. Afterwards the model has exactly the sparsity asked for.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `fine_tune_pruned` for 0 epochs and for a sparsity outside of 0 to 1;
/// those of the foundation's training.
///
/// # Cost
/// That of training the model, plus a selection among the weights every 8 steps.
pub fn fine_tune_pruned<M: Layer>(
    model: &mut M,
    data: &Labelled,
    tuning: PruningTuning,
) -> Result<()> {
    let _ = (&model, &data, &tuning); // Not used yet: goes with the todo!.
    todo!("the foundation's trainer with a `PruningOptimizer`")
}
