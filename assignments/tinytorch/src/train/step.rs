//! The parts of the training loop that are the same for every model, so that
//! they are compiled only once, here.

use super::history::RunningMean;
use super::trainer::TrainerState;
use super::{EpochRecord, Score, StepReport, Trainer, clip_grad_norm};
use crate::autograd::{Gradients, no_grad};
use crate::{Layer, Result, Tensor, TensorError};

impl Trainer {
    pub(super) fn check(&mut self, loader: String, validates: bool) -> Result<()> {
        let reason = if self.early_stopping.is_some() && !validates {
            "early stopping needs a validation: call fit_validated".to_string()
        } else if self.state.step > 0 && self.state.loader != loader {
            let before = &self.state.loader;
            format!("the training began with {before}, and cannot go on with {loader}")
        } else {
            self.state.loader = loader;
            return Ok(());
        };
        Err(TensorError::config("trainer", reason))
    }

    fn learning_rate(&self) -> f64 {
        match &self.schedule {
            Some(schedule) => schedule.learning_rate(self.state.step),
            None => self.optimizer.learning_rate(),
        }
    }

    /// The loss as a number, and its gradients.
    pub(super) fn differentiate(&self, loss: &Tensor) -> Result<(f64, Gradients)> {
        let value = f64::from(loss.data.first().copied().unwrap_or(f32::NAN));
        if loss.len() == 1 && !value.is_finite() {
            let reason = format!("the loss is {value}");
            return Err(self.diverged(&reason));
        }
        Ok((value, loss.backward()?))
    }

    fn diverged(&self, what: &str) -> TensorError {
        let epoch = self.state.epoch;
        let rate = self.learning_rate();
        let reason = format!(
            "epoch {epoch}, learning rate {rate}: {what}; lower the learning rate, \
             warm it up, or clip the gradients"
        );
        TensorError::Training { step: self.state.step, reason }
    }

    /// One optimizer step. The graph has been dropped by now, so the parameters
    /// change in place.
    pub(super) fn update(
        &mut self,
        model: &mut dyn Layer,
        mut gradients: Gradients,
        loss: f64,
        examples: usize,
    ) -> Result<()> {
        let learning_rate = self.learning_rate();
        let step = self.state.step;
        let at_step = |error: TensorError| {
            let reason = format!("learning rate {learning_rate}: {error}");
            TensorError::Training { step, reason }
        };
        let clip = |max| clip_grad_norm(&model.parameters(), &mut gradients, max);
        let grad_norm = self.max_norm.map(clip).transpose().map_err(at_step)?;
        self.optimizer.set_learning_rate(learning_rate);
        no_grad(|| self.optimizer.step(model.parameters_mut(), &gradients)).map_err(at_step)?;

        let TrainerState { epoch, batch, .. } = self.state;
        self.progress.step(&StepReport { step, epoch, batch, loss, learning_rate, grad_norm });
        self.state.epoch_loss.add(loss, examples);
        self.state.step += 1;
        self.state.batch += 1;
        Ok(())
    }

    pub(super) fn end_epoch(&mut self, model: &dyn Layer, validation: Option<Score>) {
        let state = &mut self.state;
        let record = EpochRecord {
            epoch: state.epoch,
            train_loss: state.epoch_loss.mean(),
            learning_rate: self.optimizer.learning_rate(),
            validation,
        };
        if let (Some(stopping), Some(score)) = (&mut self.early_stopping, validation) {
            state.stopped = stopping.observe(score.loss, model);
        }
        self.progress.epoch(&record);
        state.history.epochs.push(record);
        state.epoch += 1;
        state.batch = 0;
        state.epoch_loss = RunningMean::default();
    }
}
