//! Training that knows of the codebook.

use crate::{Codebook, Mask, Result};
use tinytorch::autograd::Gradients;
use tinytorch::train::{Labelled, Optimizer, OptimizerState};
use tinytorch::{Layer, Result as TensorResult, Tensor};

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

/// An optimizer around another one: between its steps, the weights of the model are shared values, and it keeps the precise
/// numbers behind them. Each step puts the precise numbers back, lets the inner optimizer move them by the gradient that the
/// shared values had (a *straight-through* estimate), and shares values again. What is 0 stays 0. Every 10 steps each codebook
/// is [refined](Codebook::refine) twice, for the precise numbers as they are then.
///
/// Because the model itself holds the shared values, every loss works with it: also that of the GPT.
#[derive(Debug)]
pub struct CodebookOptimizer<O> {
    inner: O,
    weights: Vec<SharedWeight>,
}

/// A weight with shared values.
#[derive(Debug)]
struct SharedWeight {
    name: String,
    /// Precise numbers; what is 0 here is pruned.
    precise: Tensor,
    mask: Mask,
    book: Codebook,
}

impl<O: Optimizer> CodebookOptimizer<O> {
    /// Fits the codebooks as [`shared_values`](crate::shared_values) does, and replaces the weights of the model.
    ///
    /// # Errors
    /// Those of [`shared_values`](crate::shared_values); the model does not change.
    pub fn new<M: Layer>(inner: O, model: &mut M, bits: impl Fn(&str) -> u32) -> Result<Self> {
        let _ = (&inner, &model, &bits); // Not used yet: goes with the todo!.
        todo!("keep the precise numbers, share values")
    }

    /// The codebook of a weight. Given.
    pub fn codebook(&self, name: &str) -> Option<&Codebook> {
        Some(&self.of(name)?.book)
    }

    /// The precise numbers behind a weight, and which of them may be other than 0. Given.
    pub fn precise(&self, name: &str) -> Option<(&Tensor, &Mask)> {
        let weight = self.of(name)?;
        Some((&weight.precise, &weight.mask))
    }

    fn of(&self, name: &str) -> Option<&SharedWeight> {
        self.weights.iter().find(|weight| weight.name == name)
    }
}

impl<O: Optimizer> Optimizer for CodebookOptimizer<O> {
    fn step(
        &mut self,
        parameters: Vec<(String, &mut Tensor)>,
        gradients: &Gradients,
    ) -> TensorResult<()> {
        let _ = (&parameters, &gradients); // Not used yet: goes with the todo!.
        todo!("precise numbers, the inner step, shared values")
    }

    fn learning_rate(&self) -> f64 {
        self.inner.learning_rate()
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.inner.set_learning_rate(learning_rate);
    }

    /// Those of the inner optimizer.
    fn settings(&self) -> String {
        format!("with shared values: {}", self.inner.settings())
    }

    /// That of the inner optimizer: a training with shared values is short, and is not resumed.
    fn state(&self) -> OptimizerState {
        self.inner.state()
    }

    /// That of the inner optimizer.
    fn restore(&mut self, state: OptimizerState) -> TensorResult<()> {
        self.inner.restore(state)
    }
}

/// Trains a classifier so that it is right with shared values. Afterwards each weight has at most `2^bits` different values
/// besides 0, and what is 0 stays 0. The optimizer is a [`CodebookOptimizer`] around Adam with decay rates 0.9 and 0.99;
/// gradients are clipped to norm 1.
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
    let _ = (&model, &data, &tuning); // Not used yet: goes with the todo!.
    todo!("the foundation's trainer with a `CodebookOptimizer`")
}
