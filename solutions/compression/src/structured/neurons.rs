//! Neurons of an MLP.

// BEGIN SOLUTION: -
use super::{assign_all, checked, largest, left, select};
use crate::CompressionError;
use tinytorch::{Layer, Rng};
// END SOLUTION
use crate::Result;
use tinytorch::Tensor;
use tinytorch::models::Mlp;

/// The L1 norm of each output's incoming weights, for a weight `[inputs, outputs]`, summed in `f64`.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `neuron_norms` if there are not two axes.
pub fn neuron_norms(weight: &Tensor) -> Result<Vec<f64>> {
    // BEGIN SOLUTION: absolute values, column by column
    let &[inputs, outputs] = weight.shape() else {
        let reason = format!("a weight {:?}: use [inputs, outputs]", weight.shape());
        return Err(CompressionError::value("neuron_norms", reason));
    };
    let numbers = weight.to_vec();
    let norm = |j: usize| (0..inputs).map(|i| f64::from(numbers[i * outputs + j].abs())).sum();
    Ok((0..outputs).map(norm).collect())
    // END SOLUTION
}

/// The MLP with these neurons of each hidden layer, in the order of the lists, and none of the others: a smaller model, whose
/// outputs are those of the large one with all weights and biases of the others at 0. Inputs and classes all stay.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `keep_neurons` if there is not one list for each hidden layer, for an
/// empty list, for a neuron that the layer does not have, and for one that is named twice.
pub fn keep_neurons(model: &Mlp, kept: &[Vec<usize>]) -> Result<Mlp> {
    // BEGIN SOLUTION: columns of this layer, rows of the next
    let parameters = model.parameters();
    let layers: Vec<(&Tensor, &Tensor)> =
        parameters.chunks_exact(2).map(|pair| (pair[0].1, pair[1].1)).collect();
    if kept.len() + 1 != layers.len() {
        let reason = format!("{} lists for {} hidden layers", kept.len(), layers.len() - 1);
        return Err(CompressionError::value("keep_neurons", reason));
    }
    let mut sizes = vec![layers[0].0.shape()[0]];
    let mut tensors = Vec::new();
    for (at, (weight, bias)) in layers.iter().enumerate() {
        let mut weight = (*weight).clone();
        if at > 0 {
            weight = select(&weight, 0, &kept[at - 1])?;
        }
        let mut bias = (*bias).clone();
        if let Some(kept) = kept.get(at) {
            checked("keep_neurons", kept, bias.len())?;
            (weight, bias) = (select(&weight, 1, kept)?, select(&bias, 0, kept)?);
        }
        sizes.push(bias.len());
        tensors.extend([weight, bias]);
    }
    let mut smaller = Mlp::new(&sizes, &mut Rng::new(0))?;
    assign_all(&mut smaller, tensors)?;
    Ok(smaller)
    // END SOLUTION
}

/// Removes the share `fraction` of each hidden layer's neurons, those with the least [`neuron_norms`]:
/// [`pruned_count`](crate::pruned_count) of them, but at least one neuron stays. The norms are those of the model as it is
/// given, not of one that has lost neurons already.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `prune_neurons` for a fraction outside of 0 to 1; those of [`largest`](crate::largest).
pub fn prune_neurons(model: &Mlp, fraction: f64) -> Result<Mlp> {
    // BEGIN SOLUTION: choose, then keep
    let parameters = model.parameters();
    let hidden = parameters.len() / 2 - 1;
    let kept = parameters.iter().step_by(2).take(hidden).map(|(_, weight)| {
        let norms = neuron_norms(weight)?;
        largest(&norms, left("prune_neurons", fraction, norms.len())?)
    });
    // Also without hidden layers, a fraction has to be one.
    left("prune_neurons", fraction, 0)?;
    keep_neurons(model, &kept.collect::<Result<Vec<_>>>()?)
    // END SOLUTION
}
