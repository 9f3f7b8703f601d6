//! Task `magnitude`: the largest weights are kept.

use crate::{Mask, ModelMasks, Result};
// BEGIN SOLUTION: -
use crate::{CompressionError, pruned_count, weights};
use tinytorch::layer;
// END SOLUTION
use tinytorch::{Layer, Tensor};

/// What a sparsity is a share of. Given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Each weight of a model on its own.
    PerLayer,
    /// All weights of a model together: one order of magnitudes for all of them.
    Global,
}

/// Prunes the elements of the least magnitude: exactly [`pruned_count`](crate::pruned_count) of them. Of elements of equal
/// magnitude, those that come first, row by row, are pruned first.
///
/// # Errors
/// [`NotFinite`](crate::CompressionError::NotFinite) of `prune_magnitude` for a NaN or an infinity;
/// [`BadValue`](crate::CompressionError::BadValue) of `prune_magnitude` for a sparsity outside of 0 to 1.
///
/// # Cost
/// Linear in the number of elements on average: nothing needs to be sorted.
pub fn prune_magnitude(weight: &Tensor, sparsity: f64) -> Result<Mask> {
    // BEGIN SOLUTION: count, then select the largest magnitude that is pruned
    let count = pruned_count("prune_magnitude", sparsity, weight.len())?;
    let magnitudes = magnitudes("prune_magnitude", weight)?;
    Mask::new(weight.shape(), kept(&magnitudes, count))
    // END SOLUTION
}

/// The largest magnitude that [`prune_magnitude`] prunes; 0 if it prunes nothing.
///
/// # Errors
/// Those of [`prune_magnitude`].
pub fn pruning_threshold(weight: &Tensor, sparsity: f64) -> Result<f32> {
    // BEGIN SOLUTION: the largest magnitude outside of the mask
    let mask = prune_magnitude(weight, sparsity)?;
    let values = weight.to_vec();
    let pruned = values.iter().zip(mask.kept()).filter(|(_, kept)| !**kept);
    Ok(pruned.map(|(x, _)| x.abs()).fold(0.0, f32::max))
    // END SOLUTION
}

/// The masks of a model's [`weights`](crate::weights), by magnitude. With [`Scope::Global`] the sparsity is that of all
/// weights together, and the order of equal magnitudes is that of the model's parameters.
///
/// # Errors
/// As [`prune_magnitude`], of `prune_model`.
pub fn prune_model(model: &dyn Layer, sparsity: f64, scope: Scope) -> Result<ModelMasks> {
    // BEGIN SOLUTION: one weight at a time, or all in one order
    prune_together("prune_model", &weights(model), sparsity, scope)
    // END SOLUTION
}

/// Sets the pruned weights of a model to 0. Parameters without a mask do not change, and a parameter that is a leaf stays
/// the same leaf.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `apply_masks` for a mask whose name the model does not have,
/// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `apply_masks` with the shapes of parameter and mask; the
/// model does not change.
pub fn apply_masks(model: &mut dyn Layer, masks: &ModelMasks) -> Result<()> {
    // BEGIN SOLUTION: check all, then multiply
    let parameters = model.parameters();
    for (name, mask) in masks.masks() {
        let Some((_, parameter)) = parameters.iter().find(|(other, _)| other == name) else {
            let reason = format!("the model has no parameter `{name}`");
            return Err(CompressionError::value("apply_masks", reason));
        };
        mask.checked("apply_masks", parameter)?;
    }
    for (name, parameter) in model.parameters_mut() {
        if let Some(mask) = masks.get(&name) {
            set_zeros(parameter, mask)?;
        }
    }
    Ok(())
    // END SOLUTION
}

impl Mask {
    /// The tensor with 0 in the place of what is pruned, also of NaN.
    ///
    /// # Errors
    /// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `Mask::apply` with the shapes of tensor and mask.
    pub fn apply(&self, tensor: &Tensor) -> Result<Tensor> {
        // BEGIN SOLUTION: select, do not multiply
        self.checked("Mask::apply", tensor)?;
        let elements = tensor.to_vec().into_iter().zip(self.kept());
        let kept = elements.map(|(x, kept)| if *kept { x } else { 0.0 }).collect();
        Ok(Tensor::from_vec(kept, tensor.shape())?)
        // END SOLUTION
    }
    // BEGIN SOLUTION: -

    /// Checks that the mask fits.
    fn checked(&self, operation: &'static str, tensor: &Tensor) -> Result<()> {
        if tensor.shape() == self.shape() {
            return Ok(());
        }
        let (left, right) = (tensor.shape().to_vec(), self.shape().to_vec());
        let reason = "a mask needs the shape of its tensor".to_owned();
        Err(CompressionError::ShapeMismatch { operation, left, right, reason })
    }
    // END SOLUTION
}
// BEGIN SOLUTION: -

/// Sets what a mask prunes to 0. The parameter stays the same leaf.
pub(crate) fn set_zeros(parameter: &mut Tensor, mask: &Mask) -> Result<()> {
    let masked = mask.apply(parameter)?;
    Ok(layer::assign(parameter, masked)?)
}

/// The masks of these weights, each in an order of its own or all in one.
pub(crate) fn prune_together(
    operation: &'static str,
    weights: &[(String, &Tensor)],
    sparsity: f64,
    scope: Scope,
) -> Result<ModelMasks> {
    let groups: Vec<_> = match scope {
        Scope::PerLayer => weights.chunks(1).collect(),
        Scope::Global => vec![weights],
    };
    let mut masks = Vec::new();
    for group in groups {
        let mut all = Vec::new();
        for (_, weight) in group {
            all.extend(magnitudes(operation, weight)?);
        }
        let count = pruned_count(operation, sparsity, all.len())?;
        let kept = kept(&all, count);
        let mut left = &kept[..];
        for (name, weight) in group {
            let (own, rest) = left.split_at(weight.len());
            masks.push((name.clone(), Mask::new(weight.shape(), own.to_vec())?));
            left = rest;
        }
    }
    Ok(ModelMasks::new(masks))
}

/// Absolute values, row by row.
fn magnitudes(operation: &'static str, weight: &Tensor) -> Result<Vec<f32>> {
    let mut values = weight.to_vec();
    for x in &mut values {
        if !x.is_finite() {
            let shape = weight.shape().to_vec();
            return Err(CompressionError::NotFinite { operation, shape, value: *x });
        }
        *x = x.abs();
    }
    Ok(values)
}

/// Keeps all but the `count` least, and of equal ones prunes the first.
fn kept(magnitudes: &[f32], count: usize) -> Vec<bool> {
    if count == 0 {
        return vec![true; magnitudes.len()];
    }
    let mut ordered = magnitudes.to_vec();
    let (_, threshold, _) = ordered.select_nth_unstable_by(count - 1, f32::total_cmp);
    let threshold = *threshold;
    let below = magnitudes.iter().filter(|x| **x < threshold).count();
    let mut ties = count - below;
    let keep = magnitudes.iter().map(|x| {
        let pruned = *x < threshold || (*x == threshold && ties > 0);
        ties -= usize::from(pruned && *x == threshold);
        !pruned
    });
    keep.collect()
}
// END SOLUTION
