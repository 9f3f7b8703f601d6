//! Training that knows of the codebook.

// BEGIN SOLUTION: -
use super::cluster::ROUNDS;
use crate::{CompressionError, shared_values, weights};
use tinytorch::train::{Adam, CosineSchedule, DataLoader, Trainer, classifier_loss};
use tinytorch::{TensorError, layer};
// END SOLUTION
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
        // BEGIN SOLUTION: keep the precise numbers, share values
        let mut shared = Vec::new();
        for (name, weight) in weights(model) {
            let used: Vec<f32> = weight.to_vec().into_iter().filter(|x| *x != 0.0).collect();
            if !used.is_empty() {
                let book = Codebook::fit(&used, bits(&name), ROUNDS)?;
                let (precise, mask) = (weight.detach(), Mask::of_zeros(weight));
                shared.push(SharedWeight { name, precise, mask, book });
            }
        }
        shared_values(model, bits)?;
        Ok(Self { inner, weights: shared })
        // END SOLUTION
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
        // BEGIN SOLUTION: precise numbers, the inner step, shared values
        let mut parameters = parameters;
        for weight in &self.weights {
            if let Some(parameter) = of_name(&mut parameters, &weight.name) {
                layer::assign(parameter, weight.precise.clone())?;
            }
        }
        let again = parameters.iter_mut().map(|(name, parameter)| (name.clone(), &mut **parameter));
        let outcome = self.inner.step(again.collect(), gradients);
        let refines = self.inner.state().steps.is_multiple_of(REFINE_EVERY);
        for weight in &mut self.weights {
            if let Some(parameter) = of_name(&mut parameters, &weight.name) {
                weight.precise = weight.mask.apply(parameter).map_err(invalid)?;
                let shared = weight.shared(refines && outcome.is_ok()).map_err(invalid)?;
                layer::assign(parameter, shared)?;
            }
        }
        outcome
        // END SOLUTION
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
// BEGIN SOLUTION: -

/// Steps between two refinements of the codebooks.
const REFINE_EVERY: u64 = 10;

impl SharedWeight {
    /// The values to compute with, of a codebook that is refined first if asked for.
    fn shared(&mut self, refines: bool) -> Result<Tensor> {
        let numbers = self.precise.to_vec();
        if refines {
            let used: Vec<f32> = numbers.iter().copied().filter(|x| *x != 0.0).collect();
            self.book = self.book.refine(&used).refine(&used);
        }
        self.book.replace(numbers, self.precise.shape())
    }
}

fn of_name<'a>(parameters: &'a mut [(String, &mut Tensor)], name: &str) -> Option<&'a mut Tensor> {
    let mut named = parameters.iter_mut().filter(|(other, _)| other == name);
    named.next().map(|(_, parameter)| &mut **parameter)
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn invalid(error: CompressionError) -> TensorError {
    TensorError::InvalidConfig { op: "CodebookOptimizer::step", reason: error.to_string() }
}
// END SOLUTION

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
    // BEGIN SOLUTION: the foundation's trainer with a `CodebookOptimizer`
    let CodebookTuning { bits, epochs, batch_size, learning_rate, seed } = tuning;
    if epochs == 0 {
        let reason = "0 epochs: use at least 1";
        return Err(CompressionError::value("tune_codebooks", reason));
    }
    let loader = DataLoader::new(data, batch_size)?.shuffled(seed);
    let steps = (loader.batches_per_epoch() * epochs) as u64;
    let adam = Adam::new(learning_rate).betas(0.9, 0.99);
    let mut trainer = Trainer::new(CodebookOptimizer::new(adam, model, |_| bits)?)
        .schedule(CosineSchedule::new(learning_rate, steps)?)
        .clip_norm(1.0)
        .epochs(epochs);
    Ok(trainer.fit(model, &loader, classifier_loss)?)
    // END SOLUTION
}
