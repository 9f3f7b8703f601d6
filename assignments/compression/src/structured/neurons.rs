//! Neurons of an MLP.

use crate::Result;
use tinytorch::Tensor;
use tinytorch::models::Mlp;

/// The L1 norm of each output's incoming weights, for a weight `[inputs, outputs]`, summed in `f64`.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `neuron_norms` if there are not two axes.
pub fn neuron_norms(weight: &Tensor) -> Result<Vec<f64>> {
    let _ = &weight; // Not used yet: goes with the todo!.
    todo!("absolute values, column by column")
}

/// The MLP with these neurons of each hidden layer, in the order of the lists, and none of the others: a smaller model, whose
/// outputs are those of the large one with all weights and biases of the others at 0. Inputs and classes all stay.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `keep_neurons` if there is not one list for each hidden layer, for an
/// empty list, for a neuron that the layer does not have, and for one that is named twice.
pub fn keep_neurons(model: &Mlp, kept: &[Vec<usize>]) -> Result<Mlp> {
    let _ = (&model, &kept); // Not used yet: goes with the todo!.
    todo!("columns of this layer, rows of the next")
}

/// Removes the share `fraction` of each hidden layer's neurons, those with the least [`neuron_norms`]:
/// [`pruned_count`](crate::pruned_count) of them, but at least one neuron stays. The norms are those of the model as it is
/// given, not of one that has lost neurons already.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `prune_neurons` for a fraction outside of 0 to 1; those of [`largest`](crate::largest).
pub fn prune_neurons(model: &Mlp, fraction: f64) -> Result<Mlp> {
    let _ = (&model, &fraction); // Not used yet: goes with the todo!.
    todo!("choose, then keep")
}
