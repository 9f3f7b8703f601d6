//! Batches of examples, in a new order for each epoch.

use super::Dataset;
use crate::{Result, Rng, TensorError};

/// Splits the examples of a [`Dataset`] into batches.
///
/// The order of an epoch depends only on the seed and the number of the epoch,
/// so there is no state to save: epoch 7 is the same with or without epochs 0 to
/// 6 before it.
///
/// ```
/// use tinytorch::Tensor;
/// use tinytorch::train::{DataLoader, Labelled};
///
/// let data = Labelled::new(&Tensor::zeros(&[10, 2]), vec![0; 10])?;
/// let loader = DataLoader::new(data, 4)?.shuffled(1);
/// let sizes: Vec<usize> = loader.batches(0).map(|b| Ok(b?.labels.len())).collect::<Result<_, _>>()?;
/// assert_eq!(sizes, [4, 4, 2]);
/// assert_ne!(loader.order(0), loader.order(1));
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct DataLoader<D> {
    dataset: D,
    batch_size: usize,
    shuffle_seed: Option<u64>,
    drop_last: bool,
}

impl<D: Dataset> DataLoader<D> {
    /// Batches in the order of the dataset; the last one may be smaller. The
    /// dataset can also be borrowed: `DataLoader::new(&data, 32)`.
    ///
    /// # Errors
    /// When the batch size is 0 or there are no examples.
    pub fn new(dataset: D, batch_size: usize) -> Result<Self> {
        let reason = match (batch_size, dataset.len()) {
            (0, _) => "the batch size must not be 0",
            (_, 0) => "the dataset has no example",
            _ => return Ok(Self { dataset, batch_size, shuffle_seed: None, drop_last: false }),
        };
        Err(TensorError::config("data loader", reason.to_string()))
    }

    /// In random order, different for each epoch.
    pub fn shuffled(self, seed: u64) -> Self {
        Self { shuffle_seed: Some(seed), ..self }
    }

    /// Leaves out the last batch if it is smaller than the others.
    ///
    /// # Errors
    /// When no batch is left.
    pub fn drop_last(self) -> Result<Self> {
        if self.dataset.len() < self.batch_size {
            let have = self.dataset.len();
            let want = self.batch_size;
            let reason = format!("{have} examples fill no batch of {want}: no batch would be left");
            return Err(TensorError::config("data loader", reason));
        }
        Ok(Self { drop_last: true, ..self })
    }

    /// The underlying examples.
    pub fn dataset(&self) -> &D {
        &self.dataset
    }

    /// The number of batches in an epoch; at least 1.
    pub fn batches_per_epoch(&self) -> usize {
        let n = self.dataset.len();
        if self.drop_last { n / self.batch_size } else { n.div_ceil(self.batch_size) }
    }

    /// The order of the examples in an epoch.
    pub fn order(&self, epoch: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.dataset.len()).collect();
        if let Some(seed) = self.shuffle_seed {
            Rng::stream(seed, epoch as u64).shuffle(&mut order);
        }
        order
    }

    /// The batches of an epoch, created one at a time.
    ///
    /// # Errors
    /// A batch is an error if the dataset cannot produce one of its examples.
    pub fn batches(&self, epoch: usize) -> impl Iterator<Item = Result<D::Batch>> {
        self.batches_from(epoch, 0).map(|(_, batch)| batch)
    }

    /// The batches of an epoch beginning with number `first`, each with the
    /// number of its examples.
    pub(super) fn batches_from(
        &self,
        epoch: usize,
        first: usize,
    ) -> impl Iterator<Item = (usize, Result<D::Batch>)> {
        let order = self.order(epoch);
        (first..self.batches_per_epoch()).map(move |i| {
            let start = i * self.batch_size;
            let end = order.len().min(start + self.batch_size);
            (end - start, self.dataset.batch(&order[start..end], epoch))
        })
    }

    /// The settings that must match when a training resumes, as text.
    pub(super) fn settings(&self) -> String {
        let shuffling = match self.shuffle_seed {
            Some(seed) => format!("shuffled with seed {seed}"),
            None => "in order".to_string(),
        };
        let n = self.dataset.len();
        let size = self.batch_size;
        let last = self.drop_last;
        format!("{n} examples in batches of {size}, {shuffling}, last one dropped {last}")
    }
}
