//! The training loop.

use std::path::PathBuf;

use super::history::RunningMean;
use super::{
    CosineSchedule, DataLoader, Dataset, EarlyStopping, History, Optimizer, Plan, Progress, Score,
    Silent,
};
use crate::autograd::no_grad;
use crate::{Layer, Mode, Result, Tensor, layer};

/// Trains a model: forward, backward, step, batch by batch and epoch by epoch.
///
/// The loss is a closure from the model and a batch to a single number, so the same loop
/// trains classifiers and language models, and fine-tunes pruned or distilled models.
///
/// ```
/// use tinytorch::nn::Linear;
/// use tinytorch::train::{DataLoader, Labelled, LabelledBatch, Sgd, Trainer};
/// use tinytorch::{Layer, Rng, Tensor};
///
/// // Learn y = x1 - x2, from four points whose label is y + 1.
/// let points = Tensor::from_vec(vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], &[4, 2])?;
/// let data = DataLoader::new(Labelled::new(&points, vec![1, 0, 2, 1])?, 2)?.shuffled(7);
/// let squared_error = |model: &Linear, batch: &LabelledBatch| {
///     let y = batch.labels.iter().map(|&label| label as f32 - 1.0).collect();
///     let error = model.forward(&batch.inputs)?.sub(&Tensor::from_vec(y, &[2, 1])?)?;
///     Ok(error.mul(&error)?.sum_all())
/// };
///
/// let mut model = Linear::new(2, 1, true, &mut Rng::new(1));
/// let mut trainer = Trainer::new(Sgd::new(0.1)).epochs(200);
/// trainer.fit(&mut model, &data, squared_error)?;
/// let expected = Tensor::from_vec(vec![1.0, -1.0], &[2, 1])?;
/// assert!(model.weight().allclose(&expected, 0.0, 1e-3));
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
#[must_use]
pub struct Trainer {
    pub(super) optimizer: Box<dyn Optimizer>,
    pub(super) schedule: Option<CosineSchedule>,
    pub(super) max_norm: Option<f64>,
    pub(super) early_stopping: Option<EarlyStopping>,
    pub(super) state: TrainerState,
    epochs: usize,
    max_steps: Option<u64>,
    pub(super) progress: Box<dyn Progress>,
    pub(super) checkpoint: Option<PathBuf>,
}

/// The position in a training: all the state that a resumed training needs, besides the
/// parameters, the optimizer and early stopping.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TrainerState {
    /// Steps done, over all epochs.
    pub(super) step: u64,
    /// The current epoch, and the number of its completed batches.
    pub(super) epoch: usize,
    pub(super) batch: usize,
    /// The mean loss of those batches.
    pub(super) epoch_loss: RunningMean,
    /// Whether early stopping has ended the training.
    pub(super) stopped: bool,
    pub(super) history: History,
    /// The settings of the data loader; empty before the first step.
    pub(super) loader: String,
}

/// From a model and a batch to a single number.
type LossFn<'a, M, B> = &'a dyn Fn(&M, &B) -> Result<Tensor>;
/// From a model to its score on other data.
type ValidateFn<'a, M> = Option<&'a dyn Fn(&M) -> Result<Score>>;

impl Trainer {
    /// One epoch, the optimizer's own learning rate, no clipping, no progress reports.
    pub fn new(optimizer: impl Optimizer + 'static) -> Self {
        Self {
            optimizer: Box::new(optimizer),
            schedule: None,
            max_norm: None,
            early_stopping: None,
            state: TrainerState::default(),
            epochs: 1,
            max_steps: None,
            progress: Box::new(Silent),
            checkpoint: None,
        }
    }

    /// The total number of epochs: a training that resumes after epoch 3 of 5 runs two
    /// more.
    pub fn epochs(self, epochs: usize) -> Self {
        Self { epochs, ..self }
    }

    /// Stops after this many steps in total, even within an epoch.
    pub fn max_steps(self, max_steps: u64) -> Self {
        Self { max_steps: Some(max_steps), ..self }
    }

    /// Sets the learning rate of each step, instead of the optimizer's own.
    pub fn schedule(self, schedule: CosineSchedule) -> Self {
        Self { schedule: Some(schedule), ..self }
    }

    /// Clips the gradients of each step: see [`clip_grad_norm`](super::clip_grad_norm).
    pub fn clip_norm(self, max_norm: f64) -> Self {
        Self { max_norm: Some(max_norm), ..self }
    }

    /// Stops when the validation loss no longer falls, and restores the best parameters
    /// at the end. Requires [`fit_validated`](Trainer::fit_validated).
    pub fn early_stopping(self, early_stopping: EarlyStopping) -> Self {
        Self { early_stopping: Some(early_stopping), ..self }
    }

    /// Sets the receiver of progress reports.
    pub fn progress(self, progress: impl Progress + 'static) -> Self {
        Self { progress: Box::new(progress), ..self }
    }

    /// Writes everything needed to resume to this file: after each epoch, and when
    /// [`max_steps`](Trainer::max_steps) ends the training.
    pub fn checkpoint_to(self, path: impl Into<PathBuf>) -> Self {
        Self { checkpoint: Some(path.into()), ..self }
    }

    /// The epochs so far.
    pub fn history(&self) -> &History {
        &self.state.history
    }

    /// Steps done so far, over all epochs.
    pub fn steps_done(&self) -> u64 {
        self.state.step
    }

    /// Trains `model` on `data`. Its parameters are tracked during the training;
    /// afterwards they are plain tensors again and the model is in [`Mode::Eval`].
    ///
    /// # Errors
    /// When the loss or a gradient is not finite (with the step and the learning rate), a
    /// parameter gets no gradient (by name), or the closure fails. The model keeps the
    /// parameters of the last successful step.
    pub fn fit<M: Layer, D: Dataset>(
        &mut self,
        model: &mut M,
        data: &DataLoader<D>,
        loss: impl Fn(&M, &D::Batch) -> Result<Tensor>,
    ) -> Result<()> {
        self.run_and_clean_up(model, data, &loss, None)
    }

    /// Like [`fit`](Trainer::fit), and calls `validate` after each epoch: in
    /// [`Mode::Eval`], inside [`no_grad`].
    ///
    /// # Errors
    /// Like [`fit`](Trainer::fit).
    pub fn fit_validated<M: Layer, D: Dataset>(
        &mut self,
        model: &mut M,
        data: &DataLoader<D>,
        loss: impl Fn(&M, &D::Batch) -> Result<Tensor>,
        validate: impl Fn(&M) -> Result<Score>,
    ) -> Result<()> {
        self.run_and_clean_up(model, data, &loss, Some(&validate))
    }

    fn run_and_clean_up<M: Layer, D: Dataset>(
        &mut self,
        model: &mut M,
        data: &DataLoader<D>,
        loss: LossFn<M, D::Batch>,
        validate: ValidateFn<M>,
    ) -> Result<()> {
        self.check(data.settings(), validate.is_some())?;
        layer::track(model);
        let result = self.run(model, data, loss, validate);
        layer::untrack(model);
        model.set_mode(Mode::Eval);
        result
    }

    fn run<M: Layer, D: Dataset>(
        &mut self,
        model: &mut M,
        data: &DataLoader<D>,
        loss: LossFn<M, D::Batch>,
        validate: ValidateFn<M>,
    ) -> Result<()> {
        self.progress.start(&Plan {
            epochs: self.epochs,
            steps_per_epoch: data.batches_per_epoch(),
            steps_done: self.state.step,
        });
        while self.state.epoch < self.epochs && !self.state.stopped && !self.out_of_steps() {
            self.train_epoch(model, data, loss)?;
            if self.state.batch == data.batches_per_epoch() {
                model.set_mode(Mode::Eval);
                let score = validate.map(|validate| no_grad(|| validate(model))).transpose()?;
                self.end_epoch(model, score);
            }
            if let Some(path) = &self.checkpoint {
                self.save(path, model)?;
            }
        }
        self.progress.finish(&self.state.history);
        match &self.early_stopping {
            Some(early_stopping) => early_stopping.restore_best(model),
            None => Ok(()),
        }
    }

    /// Trains on the remaining batches of the epoch.
    fn train_epoch<M: Layer, D: Dataset>(
        &mut self,
        model: &mut M,
        data: &DataLoader<D>,
        loss: LossFn<M, D::Batch>,
    ) -> Result<()> {
        for (examples, batch) in data.batches_from(self.state.epoch, self.state.batch) {
            if self.out_of_steps() {
                break;
            }
            let batch = batch?;
            model.set_mode(Mode::Train { step: self.state.step });
            let (value, gradients) = self.differentiate(&loss(model, &batch)?)?;
            self.update(model, gradients, value, examples)?;
        }
        Ok(())
    }

    fn out_of_steps(&self) -> bool {
        self.max_steps.is_some_and(|max_steps| self.state.step >= max_steps)
    }
}
