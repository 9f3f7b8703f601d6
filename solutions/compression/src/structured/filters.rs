//! Filters of a CNN.

// BEGIN SOLUTION: -
use super::{assign_all, checked, largest, left, select};
use crate::CompressionError;
use tinytorch::models::CnnConfig;
use tinytorch::{Layer, Rng};
// END SOLUTION
use crate::Result;
use tinytorch::Tensor;
use tinytorch::models::Cnn;

/// The L1 norm of each filter, for filters `[filters, channels, height, width]`, summed in `f64`.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `filter_norms` if there are not four axes.
///
/// Source: Li et al., "Pruning Filters for Efficient `ConvNets`" (2017).
pub fn filter_norms(weight: &Tensor) -> Result<Vec<f64>> {
    // BEGIN SOLUTION: absolute values, filter by filter
    let &[filters, ..] = weight.shape() else { return no_filters(weight) };
    if weight.ndim() != 4 {
        return no_filters(weight);
    }
    let numbers = weight.to_vec();
    let len = numbers.len() / filters.max(1);
    let norm =
        |filter: usize| numbers[filter * len..][..len].iter().map(|x| f64::from(x.abs())).sum();
    Ok((0..filters).map(norm).collect())
    // END SOLUTION
}

/// The CNN with these filters of its two convolutions, in the order of the lists, and none of the others: a smaller model,
/// whose outputs are those of the large one with all weights and biases of the others at 0. The second convolution loses the
/// channels of the first one's filters; the linear layer loses, for each filter of the second, all pixels that pooling
/// leaves of it, which follow one another in the flattened image. Classes all stay.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `keep_filters` for an empty list, for a filter that the convolution does
/// not have, and for one that is named twice.
pub fn keep_filters(model: &Cnn, kept: &[Vec<usize>; 2]) -> Result<Cnn> {
    // BEGIN SOLUTION: filters, channels, and blocks of rows of the linear layer
    let parameters = model.parameters();
    let tensors: Vec<&Tensor> = parameters.iter().map(|(_, parameter)| *parameter).collect();
    let &[conv1, bias1, conv2, bias2, fc, fc_bias] = &tensors[..] else {
        return Err(CompressionError::value("keep_filters", "a CNN has six parameters"));
    };
    checked("keep_filters", &kept[0], bias1.len())?;
    checked("keep_filters", &kept[1], bias2.len())?;
    // Pixels that pooling leaves of one filter.
    let pixels = fc.shape()[0] / bias2.len();
    let rows: Vec<usize> =
        kept[1].iter().flat_map(|filter| filter * pixels..(filter + 1) * pixels).collect();
    let tensors = vec![
        select(conv1, 0, &kept[0])?,
        select(bias1, 0, &kept[0])?,
        select(&select(conv2, 1, &kept[0])?, 0, &kept[1])?,
        select(bias2, 0, &kept[1])?,
        select(fc, 0, &rows)?,
        fc_bias.clone(),
    ];
    let channels = [kept[0].len(), kept[1].len()];
    let config = CnnConfig { channels, ..model.config().clone() };
    let mut smaller = Cnn::new(config, &mut Rng::new(0))?;
    assign_all(&mut smaller, tensors)?;
    Ok(smaller)
    // END SOLUTION
}

/// Removes the share `fraction` of each convolution's filters, those with the least [`filter_norms`]:
/// [`pruned_count`](crate::pruned_count) of them, but at least one filter stays. The norms are those of the model as it is
/// given.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `prune_filters` for a fraction outside of 0 to 1; those of [`largest`](crate::largest).
pub fn prune_filters(model: &Cnn, fraction: f64) -> Result<Cnn> {
    // BEGIN SOLUTION: choose, then keep
    let parameters = model.parameters();
    let chosen = |at: usize| {
        let norms = filter_norms(parameters[at].1)?;
        largest(&norms, left("prune_filters", fraction, norms.len())?)
    };
    keep_filters(model, &[chosen(0)?, chosen(2)?])
    // END SOLUTION
}
// BEGIN SOLUTION: -

fn no_filters(weight: &Tensor) -> Result<Vec<f64>> {
    let reason = format!("a weight {:?}: use [filters, channels, height, width]", weight.shape());
    Err(CompressionError::value("filter_norms", reason))
}
// END SOLUTION
