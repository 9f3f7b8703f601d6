//! Normalizations that disappear in the weights.

// BEGIN SOLUTION: -
use crate::QuantError;
// END SOLUTION
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
    // BEGIN SOLUTION: a factor for each channel, applied to weight and bias
    const OPERATION: &str = "fold_batch_norm";
    let shape = weight.shape();
    let BatchNorm { gamma, beta, mean, variance, epsilon } = norm;
    let mut lengths = vec![gamma.len(), beta.len(), mean.len(), variance.len()];
    lengths.extend(bias.map(<[f32]>::len));
    let refuse = |reason: &str| {
        let left = shape.to_vec();
        let right = lengths.clone();
        let reason = reason.to_owned();
        Err(QuantError::ShapeMismatch { operation: OPERATION, left, right, reason })
    };
    let (channels, inner) = match *shape {
        [_, outputs] => (outputs, 1),
        [filters, channels, height, width] => (filters, channels * height * width),
        _ => return refuse("the weight must have 2 or 4 axes"),
    };
    if lengths.iter().any(|length| *length != channels) {
        return refuse("there must be one number for each output or filter");
    }
    let variances = variance.iter().map(|variance| f64::from(*variance) + f64::from(*epsilon));
    let variances: Vec<f64> = variances.collect();
    if let Some(bad) = variances.iter().find(|variance| variance.is_nan() || **variance <= 0.0) {
        let reason = format!("variance + epsilon is {bad}: it must be above 0");
        return Err(QuantError::BadValue { operation: OPERATION, reason });
    }
    let factors = gamma.iter().zip(&variances);
    let factors: Vec<f64> = factors.map(|(gamma, v)| f64::from(*gamma) / v.sqrt()).collect();
    let elements = weight.to_vec().into_iter().enumerate();
    let folded =
        elements.map(|(at, w)| (f64::from(w) * factors[at / inner % channels]) as f32).collect();
    let offset = |channel: usize| {
        let bias = bias.map_or(0.0, |bias| f64::from(bias[channel]));
        (bias - f64::from(mean[channel])) * factors[channel] + f64::from(beta[channel])
    };
    let offsets = (0..channels).map(|channel| offset(channel) as f32).collect();
    Ok((Tensor::from_vec(folded, shape)?, offsets))
    // END SOLUTION
}
