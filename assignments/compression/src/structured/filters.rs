//! Filters of a CNN.

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
    let _ = &weight; // Not used yet: goes with the todo!.
    todo!("absolute values, filter by filter")
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
    let _ = (&model, &kept); // Not used yet: goes with the todo!.
    todo!("filters, channels, and blocks of rows of the linear layer")
}

/// Removes the share `fraction` of each convolution's filters, those with the least [`filter_norms`]:
/// [`pruned_count`](crate::pruned_count) of them, but at least one filter stays. The norms are those of the model as it is
/// given.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `prune_filters` for a fraction outside of 0 to 1; those of [`largest`](crate::largest).
pub fn prune_filters(model: &Cnn, fraction: f64) -> Result<Cnn> {
    let _ = (&model, &fraction); // Not used yet: goes with the todo!.
    todo!("choose, then keep")
}
