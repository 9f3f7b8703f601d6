//! Sources of examples.

use ndarray::Axis;

use crate::{Result, Tensor, TensorError};

/// A numbered collection of examples that can be combined into batches.
pub trait Dataset {
    /// The input of the loss function: inputs and expected outputs.
    type Batch;

    /// The number of examples.
    fn len(&self) -> usize;

    /// Whether there are no examples.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The examples of these numbers, in this order. `epoch` is for collections
    /// that change with it, by augmentation. The batch must depend only on the
    /// two arguments, so that a training can be resumed.
    ///
    /// # Errors
    /// When an example cannot be produced.
    fn batch(&self, indices: &[usize], epoch: usize) -> Result<Self::Batch>;
}

impl<D: Dataset + ?Sized> Dataset for &D {
    type Batch = D::Batch;

    fn len(&self) -> usize {
        (**self).len()
    }

    fn batch(&self, indices: &[usize], epoch: usize) -> Result<D::Batch> {
        (**self).batch(indices, epoch)
    }
}

/// Inputs and their classes.
///
/// ```
/// use tinytorch::Tensor;
/// use tinytorch::train::{Dataset, Labelled};
///
/// let points = Tensor::from_vec(vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0], &[3, 2])?;
/// let data = Labelled::new(&points, vec![0, 1, 1])?;
/// let batch = data.batch(&[2, 0], 0)?;
/// assert_eq!(batch.inputs.to_vec(), [1.0, 0.0, 0.0, 0.0]);
/// assert_eq!(batch.labels, [1, 0]);
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Labelled {
    inputs: Tensor,
    labels: Vec<usize>,
}

/// A batch of [`Labelled`] examples.
#[derive(Clone, Debug)]
pub struct LabelledBatch {
    /// `[b, ...]`: one example after another.
    pub inputs: Tensor,
    /// The class of each, counted from 0.
    pub labels: Vec<usize>,
}

impl Labelled {
    /// # Shapes
    /// `[n, ...]` with `n` labels.
    ///
    /// # Errors
    /// When there are more or fewer labels than inputs.
    ///
    /// # Cost
    /// Copies the inputs only if they are not contiguous row by row.
    pub fn new(inputs: &Tensor, labels: Vec<usize>) -> Result<Self> {
        if inputs.shape().first() != Some(&labels.len()) {
            let reason = format!("{} labels, but axis 0 should have as many inputs", labels.len());
            return Err(TensorError::shape("labelled", inputs.shape(), reason));
        }
        let inputs = match inputs.as_slice() {
            Some(_) => inputs.detach(),
            None => Tensor::from_vec(inputs.to_vec(), inputs.shape())?,
        };
        Ok(Self { inputs, labels })
    }

    /// All inputs, `[n, ...]`.
    pub fn inputs(&self) -> &Tensor {
        &self.inputs
    }

    /// The class of each input.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }
}

impl Dataset for Labelled {
    type Batch = LabelledBatch;

    fn len(&self) -> usize {
        self.labels.len()
    }

    /// # Cost
    /// One copy of the rows; none if they are consecutive, as they are without
    /// shuffling.
    fn batch(&self, indices: &[usize], _epoch: usize) -> Result<LabelledBatch> {
        if let Some(&bad) = indices.iter().find(|&&i| i >= self.len()) {
            let reason = format!("there is no example {bad}, counted from 0");
            return Err(TensorError::value("batch", self.inputs.shape(), reason));
        }
        let labels = indices.iter().map(|&i| self.labels[i]).collect();
        let inputs = match indices.first() {
            Some(&first) if indices.iter().enumerate().all(|(i, &at)| at == first + i) => {
                self.inputs.slice_axis(0, first, first + indices.len())?
            }
            _ => Tensor::from_array(self.inputs.view().select(Axis(0), indices)),
        };
        Ok(LabelledBatch { inputs, labels })
    }
}
