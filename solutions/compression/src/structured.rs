//! Task `structured`: whole neurons and filters are removed.

mod filters;
mod neurons;

pub use filters::{filter_norms, keep_filters, prune_filters};
pub use neurons::{keep_neurons, neuron_norms, prune_neurons};

// BEGIN SOLUTION: -
use crate::{CompressionError, pruned_count};
use tinytorch::{Layer, Tensor, layer};
// END SOLUTION
use crate::Result;

/// The indices of the `keep` largest numbers, in ascending order. Of equal numbers, those that come first are kept.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `largest` for a NaN, for `keep` 0, and for more than there are numbers.
pub fn largest(numbers: &[f64], keep: usize) -> Result<Vec<usize>> {
    // BEGIN SOLUTION: sort the indices by number, and what is left by index
    let bad = |reason: String| Err(CompressionError::value("largest", reason));
    if numbers.iter().any(|number| number.is_nan()) {
        return bad("a NaN has no place in an order".to_owned());
    }
    if keep == 0 || keep > numbers.len() {
        return bad(format!("{keep} of {} numbers: keep at least 1", numbers.len()));
    }
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    // Stable: of equal numbers the first stays first.
    order.sort_by(|a, b| numbers[*b].total_cmp(&numbers[*a]));
    order.truncate(keep);
    order.sort_unstable();
    Ok(order)
    // END SOLUTION
}
// BEGIN SOLUTION: -

/// What is left of this many neurons or filters when a share is removed: at least one.
fn left(operation: &'static str, fraction: f64, count: usize) -> Result<usize> {
    Ok((count - pruned_count(operation, fraction, count)?).max(1))
}

/// Checks that a list names some of `count` neurons or filters, none twice.
fn checked(operation: &'static str, kept: &[usize], count: usize) -> Result<()> {
    let mut seen = vec![false; count];
    for at in kept {
        match seen.get_mut(*at) {
            Some(seen) if !*seen => *seen = true,
            Some(_) => {
                return Err(CompressionError::value(operation, format!("{at} is named twice")));
            }
            None => {
                let reason = format!("{at}, but there are only {count}, counted from 0");
                return Err(CompressionError::value(operation, reason));
            }
        }
    }
    if kept.is_empty() {
        return Err(CompressionError::value(operation, "an empty list: keep at least one"));
    }
    Ok(())
}

/// These slices of an axis, in this order.
fn select(tensor: &Tensor, axis: usize, kept: &[usize]) -> Result<Tensor> {
    let slices = kept.iter().map(|at| tensor.slice_axis(axis, *at, at + 1));
    Ok(Tensor::concat(&slices.collect::<tinytorch::Result<Vec<_>>>()?, axis)?)
}

/// Gives a model these parameters, in its order.
fn assign_all(model: &mut dyn Layer, tensors: Vec<Tensor>) -> Result<()> {
    for ((_, parameter), tensor) in model.parameters_mut().into_iter().zip(tensors) {
        layer::assign(parameter, tensor)?;
    }
    Ok(())
}
// END SOLUTION
