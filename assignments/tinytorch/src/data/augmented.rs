//! Digits for training, augmented differently in each epoch.

use super::augment::Augment;
use super::digits::Digits;
use crate::train::{Dataset, Labelled, LabelledBatch};
use crate::{Result, Tensor};

/// Digits with different random copies in each epoch: see [`Augment`].
///
/// ```
/// use tinytorch::data::{Augmented, augment::Augment, digits};
/// use tinytorch::train::Dataset;
///
/// let data = Augmented::new(&digits::train()?, Augment::default())?;
/// assert_eq!(data.batch(&[3, 1], 0)?.inputs.shape(), [2, 1, 28, 28]);
/// assert_eq!(data.flat().batch(&[3, 1], 0)?.inputs.shape(), [2, 784]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Augmented {
    images: Labelled,
    augment: Augment,
    flat: bool,
}

impl Augmented {
    /// Augmented copies of `digits`, as images `[b, 1, 28, 28]`.
    ///
    /// # Errors
    /// When there are more or fewer labels than images.
    pub fn new(digits: &Digits, augment: Augment) -> Result<Self> {
        let images = Labelled::new(&digits.images, digits.labels.clone())?;
        Ok(Self { images, augment, flat: false })
    }

    /// The same copies as rows of pixels, `[b, 784]`.
    #[must_use]
    pub fn flat(self) -> Self {
        Self { flat: true, ..self }
    }
}

impl Dataset for Augmented {
    type Batch = LabelledBatch;

    fn len(&self) -> usize {
        self.images.len()
    }

    fn batch(&self, indices: &[usize], epoch: usize) -> Result<LabelledBatch> {
        let LabelledBatch { inputs, labels } = self.images.batch(indices, epoch)?;
        let copies = self.augment.batch(&inputs, indices, epoch as u64)?;
        let inputs = if self.flat { rows(&copies)? } else { copies };
        Ok(LabelledBatch { inputs, labels })
    }
}

fn rows(images: &Tensor) -> Result<Tensor> {
    let pixels = images.shape()[1..].iter().product();
    images.reshape(&[images.shape()[0], pixels])
}
