//! What each layer bears.

// BEGIN SOLUTION: -
use crate::{prune_magnitude, weights};
use tinytorch::{Tensor, layer};
// END SOLUTION
use crate::Result;
use tinytorch::Layer;

/// A weight at one sparsity, all others as they are. Given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SparsityOption {
    /// The share of its elements that is pruned, by magnitude.
    pub sparsity: f64,
    /// The score of the model.
    pub score: f64,
}

/// How much a model suffers when one of its weights is pruned. Given.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerSensitivity {
    /// The name of the weight.
    pub name: String,
    /// One for each sparsity, in the order asked for.
    pub options: Vec<SparsityOption>,
}

/// Measures the score with one weight at a time pruned and all others as they are, for each weight in the order of the model.
/// Afterwards the model has its parameters back, also when `score` fails.
///
/// # Errors
/// Those of [`prune_magnitude`](crate::prune_magnitude) and of `score`.
///
/// # Cost
/// One call of `score` for each weight and sparsity.
pub fn sensitivity<M: Layer>(
    model: &mut M,
    sparsities: &[f64],
    score: impl FnMut(&M) -> Result<f64>,
) -> Result<Vec<LayerSensitivity>> {
    // BEGIN SOLUTION: replace one weight, measure, put it back
    let mut score = score;
    let given: Vec<(String, Tensor)> =
        weights(model).into_iter().map(|(name, weight)| (name, weight.detach())).collect();
    let mut layers = Vec::new();
    for (name, weight) in given {
        let mut options = Vec::new();
        for sparsity in sparsities {
            let pruned = prune_magnitude(&weight, *sparsity)?.apply(&weight)?;
            set(model, &name, pruned)?;
            let scored = score(model);
            // Also when the score has failed.
            set(model, &name, weight.clone())?;
            options.push(SparsityOption { sparsity: *sparsity, score: scored? });
        }
        layers.push(LayerSensitivity { name, options });
    }
    Ok(layers)
    // END SOLUTION
}
// BEGIN SOLUTION: -

/// Replaces the elements of one parameter.
fn set<M: Layer>(model: &mut M, name: &str, elements: Tensor) -> Result<()> {
    let mut parameters = model.parameters_mut().into_iter();
    if let Some((_, parameter)) = parameters.find(|(other, _)| other == name) {
        layer::assign(parameter, elements)?;
    }
    Ok(())
}
// END SOLUTION
