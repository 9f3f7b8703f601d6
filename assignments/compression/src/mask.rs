//! Which weights are kept. Given.

use crate::{CompressionError, Result};
use tinytorch::{Layer, Rng, Tensor};

/// Which elements of a tensor are kept, row by row: the others are *pruned*, and are 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    shape: Vec<usize>,
    kept: Vec<bool>,
}

impl Mask {
    /// A mask of this shape.
    ///
    /// # Errors
    /// [`BadValue`](CompressionError::BadValue) if there is not one `bool` for each element.
    pub fn new(shape: &[usize], kept: Vec<bool>) -> Result<Self> {
        let len: usize = shape.iter().product();
        if kept.len() != len {
            let reason =
                format!("{} elements for the shape {shape:?}, which has {len}", kept.len());
            return Err(CompressionError::value("Mask::new", reason));
        }
        Ok(Self { shape: shape.to_vec(), kept })
    }

    /// Keeps what is not 0.
    pub fn of_zeros(tensor: &Tensor) -> Self {
        let kept = tensor.to_vec().iter().map(|x| *x != 0.0).collect();
        Self { shape: tensor.shape().to_vec(), kept }
    }

    /// The shape of the tensors that it fits.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Whether each element is kept, row by row.
    pub fn kept(&self) -> &[bool] {
        &self.kept
    }

    /// The number of pruned elements.
    pub fn pruned_count(&self) -> usize {
        self.kept.iter().filter(|kept| !**kept).count()
    }

    /// The share of pruned elements, 0 to 1; 0 without elements.
    pub fn sparsity(&self) -> f64 {
        self.pruned_count() as f64 / self.kept.len().max(1) as f64
    }
}

/// The masks of a model's weights, by the name of the parameter. A *weight* is a parameter with two or more axes; biases and
/// normalizations are never pruned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelMasks {
    masks: Vec<(String, Mask)>,
}

impl ModelMasks {
    /// These masks.
    pub fn new(masks: Vec<(String, Mask)>) -> Self {
        Self { masks }
    }

    /// For each weight of a model, which of its elements are not 0.
    pub fn of_zeros(model: &dyn Layer) -> Self {
        let masks = weights(model).into_iter();
        Self { masks: masks.map(|(name, weight)| (name, Mask::of_zeros(weight))).collect() }
    }

    /// Random masks with the sparsity `sparsity` for each weight of a model: a control for pruning by magnitude.
    ///
    /// # Errors
    /// [`BadValue`](CompressionError::BadValue) of `ModelMasks::random` if `sparsity` is not between 0 and 1.
    pub fn random(model: &dyn Layer, sparsity: f64, rng: &mut Rng) -> Result<Self> {
        let masks = weights(model).into_iter().map(|(name, weight)| {
            let count = pruned_count("ModelMasks::random", sparsity, weight.len())?;
            let mut kept: Vec<bool> = (0..weight.len()).map(|at| at >= count).collect();
            rng.shuffle(&mut kept);
            Ok((name, Mask::new(weight.shape(), kept)?))
        });
        Ok(Self { masks: masks.collect::<Result<_>>()? })
    }

    /// The names and masks, in the order of the model.
    pub fn masks(&self) -> &[(String, Mask)] {
        &self.masks
    }

    /// The mask of a parameter.
    pub fn get(&self, name: &str) -> Option<&Mask> {
        self.masks.iter().find(|(other, _)| other == name).map(|(_, mask)| mask)
    }

    /// The share of pruned elements of all masks together; 0 without elements.
    pub fn sparsity(&self) -> f64 {
        let pruned: usize = self.masks.iter().map(|(_, mask)| mask.pruned_count()).sum();
        let all: usize = self.masks.iter().map(|(_, mask)| mask.kept.len()).sum();
        pruned as f64 / all.max(1) as f64
    }
}

/// The weights of a model: its parameters with two or more axes, in order.
pub fn weights(model: &dyn Layer) -> Vec<(String, &Tensor)> {
    model.parameters().into_iter().filter(|(_, parameter)| parameter.ndim() >= 2).collect()
}

/// How many of `len` elements a sparsity prunes: the nearest integer, ties away from 0.
///
/// # Errors
/// [`BadValue`](CompressionError::BadValue) of `operation` if the sparsity is not between 0 and 1.
pub fn pruned_count(operation: &'static str, sparsity: f64, len: usize) -> Result<usize> {
    if !(0.0..=1.0).contains(&sparsity) {
        let reason = format!("a sparsity of {sparsity}: use 0 to 1");
        return Err(CompressionError::value(operation, reason));
    }
    Ok((sparsity * len as f64).round() as usize)
}
