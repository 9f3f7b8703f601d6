//! Normalizations that disappear in the weights.

use crate::Result;
use tinytorch::Tensor;

/// A batch normalization in use: `y = gamma (x - mean) / sqrt(variance + epsilon) + beta`, one of each for a channel. Given.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm {
    /// The factor.
    pub gamma: Vec<f32>,
    /// The offset.
    pub beta: Vec<f32>,
    /// The running mean.
    pub mean: Vec<f32>,
    /// The running variance.
    pub variance: Vec<f32>,
    /// Added to the variance.
    pub epsilon: f32,
}

/// The weight and bias of one layer that does what a layer and the batch normalization after it do. It is computed in
/// `f64` and rounded once. Fold before you quantize: afterwards there is one rounding in place of two.
///
/// # Shapes
/// Weight `[inputs, outputs]` or `[filters, channels, kernel height, kernel width]`; the normalization has as many
/// channels as there are outputs or filters.
///
/// # Errors
/// Of `fold_batch_norm`: [`ShapeMismatch`](crate::QuantError::ShapeMismatch) of the weight's shape and the lengths of gamma,
/// beta, mean and variance (and of the bias, if there is one) when they do not fit, or the weight has another number of
/// axes; [`BadValue`](crate::QuantError::BadValue) when variance + epsilon is not above 0.
pub fn fold_batch_norm(
    weight: &Tensor,
    bias: Option<&[f32]>,
    norm: &BatchNorm,
) -> Result<(Tensor, Vec<f32>)> {
    let _ = (&weight, &bias, &norm); // Not used yet: goes with the todo!.
    todo!("a factor for each channel, applied to weight and bias")
}
