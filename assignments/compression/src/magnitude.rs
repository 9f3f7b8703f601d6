//! Task `magnitude`: the largest weights are kept.

use crate::{Mask, ModelMasks, Result};
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
    let _ = (&weight, &sparsity); // Not used yet: goes with the todo!.
    todo!("count, then select the largest magnitude that is pruned")
}

/// The largest magnitude that [`prune_magnitude`] prunes; 0 if it prunes nothing.
///
/// # Errors
/// Those of [`prune_magnitude`].
pub fn pruning_threshold(weight: &Tensor, sparsity: f64) -> Result<f32> {
    let _ = (&weight, &sparsity); // Not used yet: goes with the todo!.
    todo!("the largest magnitude outside of the mask")
}

/// The masks of a model's [`weights`](crate::weights), by magnitude. With [`Scope::Global`] the sparsity is that of all
/// weights together, and the order of equal magnitudes is that of the model's parameters.
///
/// # Errors
/// As [`prune_magnitude`], of `prune_model`.
pub fn prune_model(model: &dyn Layer, sparsity: f64, scope: Scope) -> Result<ModelMasks> {
    let _ = (&model, &sparsity, &scope); // Not used yet: goes with the todo!.
    todo!("one weight at a time, or all in one order")
}

/// Sets the pruned weights of a model to 0. Parameters without a mask do not change, and a parameter that is a leaf stays
/// the same leaf.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `apply_masks` for a mask whose name the model does not have,
/// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `apply_masks` with the shapes of parameter and mask; the
/// model does not change.
pub fn apply_masks(model: &mut dyn Layer, masks: &ModelMasks) -> Result<()> {
    let _ = (&model, &masks); // Not used yet: goes with the todo!.
    todo!("check all, then multiply")
}

impl Mask {
    /// The tensor with 0 in the place of what is pruned, also of NaN.
    ///
    /// # Errors
    /// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `Mask::apply` with the shapes of tensor and mask.
    pub fn apply(&self, tensor: &Tensor) -> Result<Tensor> {
        let _ = &tensor; // Not used yet: goes with the todo!.
        todo!("select, do not multiply")
    }
}
