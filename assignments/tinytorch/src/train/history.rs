//! The history of a training, epoch by epoch.

/// The quality of a model on data it was not trained on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// The mean loss; lower is better. Early stopping watches it.
    pub loss: f64,
    /// The share of correct answers, from 0 to 1, where that makes sense.
    pub accuracy: Option<f64>,
}

/// One epoch of a training.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochRecord {
    /// The number of the epoch, counted from 0.
    pub epoch: usize,
    /// The mean loss over all examples, each measured before its own step.
    pub train_loss: f64,
    /// The learning rate of the last step.
    pub learning_rate: f64,
    /// The score after the epoch, if the training has validation.
    pub validation: Option<Score>,
}

/// All epochs of a training, including those before it was resumed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// First to last.
    pub epochs: Vec<EpochRecord>,
}

impl History {
    /// The last epoch.
    pub fn last(&self) -> Option<&EpochRecord> {
        self.epochs.last()
    }

    /// The epoch with the lowest validation loss, the first of equal ones;
    /// `None` without validation.
    pub fn best(&self) -> Option<&EpochRecord> {
        let validated = self.epochs.iter().filter_map(|e| Some((e, e.validation?.loss)));
        let finite = validated.filter(|(_, loss)| !loss.is_nan());
        finite.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(epoch, _)| epoch)
    }
}

/// A running mean over examples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct RunningMean {
    pub(super) sum: f64,
    pub(super) count: usize,
}

impl RunningMean {
    /// Adds `count` examples whose mean is `mean`.
    pub(super) fn add(&mut self, mean: f64, count: usize) {
        self.sum += mean * count as f64;
        self.count += count;
    }

    pub(super) fn mean(self) -> f64 {
        self.sum / self.count as f64
    }
}
