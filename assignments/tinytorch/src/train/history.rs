//! What a training looked like, epoch by epoch.

/// How good a model is on data it was not trained on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// The mean loss; lower is better. Early stopping watches it.
    pub loss: f64,
    /// The share of right answers, from 0 to 1, where that makes sense.
    pub accuracy: Option<f64>,
}

/// One epoch of a training.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochRecord {
    /// The number of the epoch, counted from 0.
    pub epoch: usize,
    /// The mean of the loss over all examples, each measured when its turn came.
    pub train_loss: f64,
    /// The learning rate of the last step.
    pub learning_rate: f64,
    /// The score after the epoch, if there was a validation.
    pub validation: Option<Score>,
}

/// All epochs of a training, also those before it was taken up again.
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

    /// The epoch with the lowest validation loss, the first of several; `None`
    /// without validation.
    pub fn best(&self) -> Option<&EpochRecord> {
        let validated = self.epochs.iter().filter_map(|e| Some((e, e.validation?.loss)));
        let finite = validated.filter(|(_, loss)| !loss.is_nan());
        finite.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(epoch, _)| epoch)
    }
}

/// A mean that grows example by example.
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
