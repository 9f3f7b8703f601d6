//! Task `magnitude`: the largest weights are kept.

use crate::{Mask, ModelMasks, Result};
// BEGIN SOLUTION: -
use crate::{CompressionError, pruned_count, weights};
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
    let weights = [(String::new(), weight)];
    let mut masks = prune_together("prune_magnitude", &weights, sparsity)?;
    Ok(masks.remove(0).1)
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
    let weights = weights(model);
    let masks = match scope {
        Scope::Global => prune_together("prune_model", &weights, sparsity)?,
        Scope::PerLayer => {
            let each = weights.chunks(1);
            let masks = each.map(|weight| prune_together("prune_model", weight, sparsity));
            masks.collect::<Result<Vec<_>>>()?.concat()
        }
    };
    Ok(ModelMasks::new(masks))
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
    todo!("to be written")
    // END SOLUTION
}

impl Mask {
    /// The tensor with 0 in the place of what is pruned, also of NaN.
    ///
    /// # Errors
    /// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `Mask::apply` with the shapes of tensor and mask.
    pub fn apply(&self, tensor: &Tensor) -> Result<Tensor> {
        // BEGIN SOLUTION: select, do not multiply
        todo!("to be written")
        // END SOLUTION
    }
}
// BEGIN SOLUTION: -

/// The masks of these weights, in one order of magnitudes.
fn prune_together(
    operation: &'static str,
    weights: &[(String, &Tensor)],
    sparsity: f64,
) -> Result<Vec<(String, Mask)>> {
    let mut magnitudes = Vec::new();
    for (_, weight) in weights {
        for x in weight.to_vec() {
            if !x.is_finite() {
                let shape = weight.shape().to_vec();
                return Err(CompressionError::NotFinite { operation, shape, value: x });
            }
            magnitudes.push(x.abs());
        }
    }
    let count = pruned_count(operation, sparsity, magnitudes.len())?;
    let kept = kept(&magnitudes, count);
    let mut start = 0;
    let masks = weights.iter().map(|(name, weight)| {
        let end = start + weight.len();
        let mask = Mask::new(weight.shape(), kept[start..end].to_vec())?;
        start = end;
        Ok((name.clone(), mask))
    });
    masks.collect()
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
