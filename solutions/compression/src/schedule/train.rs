//! Fine-tuning of a classifier while it is pruned.

// BEGIN SOLUTION: -
use crate::{CompressionError, PruningOptimizer, SparsitySchedule, pruned_count};
use tinytorch::train::{Adam, CosineSchedule, DataLoader, Trainer, classifier_loss};
// END SOLUTION
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
    // BEGIN SOLUTION: the foundation's trainer with a `PruningOptimizer`
    let PruningTuning { sparsity, scope, epochs, batch_size, learning_rate, seed } = tuning;
    pruned_count(OPERATION, sparsity, 0)?;
    if epochs == 0 {
        return Err(CompressionError::value(OPERATION, "0 epochs: use at least 1"));
    }
    let loader = DataLoader::new(data, batch_size)?.shuffled(seed);
    let steps = (loader.batches_per_epoch() * epochs) as u64;
    let end = (steps - 1).min(steps * 3 / 5);
    let schedule = SparsitySchedule { initial: 0.0, target: sparsity, begin: 0, end, every: 8 };
    let adam = Adam::new(learning_rate).betas(0.9, 0.99);
    let mut trainer = Trainer::new(PruningOptimizer::gradual(adam, schedule, scope)?)
        .schedule(CosineSchedule::new(learning_rate, steps)?)
        .clip_norm(1.0)
        .epochs(epochs);
    Ok(trainer.fit(model, &loader, classifier_loss)?)
    // END SOLUTION
}
// BEGIN SOLUTION: -

const OPERATION: &str = "fine_tune_pruned";
// END SOLUTION
