//! Progress reports during a training.

use super::{EpochRecord, History};

/// Receives progress reports from a [`Trainer`](super::Trainer). By default
/// every method does nothing.
///
/// ```
/// use tinytorch::train::{EpochRecord, Progress};
///
/// struct Lines;
///
/// impl Progress for Lines {
///     fn epoch(&mut self, record: &EpochRecord) {
///         println!("epoch {}: loss {:.3}", record.epoch, record.train_loss);
///     }
/// }
/// ```
pub trait Progress {
    /// Before the first step.
    fn start(&mut self, _plan: &Plan) {}

    /// After each step.
    fn step(&mut self, _report: &StepReport) {}

    /// After each epoch.
    fn epoch(&mut self, _record: &EpochRecord) {}

    /// After the last step, also if the training stopped early; not after an
    /// error.
    fn finish(&mut self, _history: &History) {}
}

/// The plan of a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The total number of epochs, including those before the training was
    /// resumed.
    pub epochs: usize,
    /// Steps in each epoch.
    pub steps_per_epoch: usize,
    /// Steps completed earlier.
    pub steps_done: u64,
}

/// One step of a training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReport {
    /// The number of the step, counted from 0 over all epochs.
    pub step: u64,
    /// The number of the epoch, counted from 0.
    pub epoch: usize,
    /// The number of the batch in the epoch, counted from 0.
    pub batch: usize,
    /// The loss of the batch, before the step.
    pub loss: f64,
    /// The learning rate of the step.
    pub learning_rate: f64,
    /// The global norm of the gradients before clipping, if they are clipped.
    pub grad_norm: Option<f64>,
}

/// Reports nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {}
