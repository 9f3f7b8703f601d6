//! What each layer bears.

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
    let _ = (&model, &sparsities, &score); // Not used yet: goes with the todo!.
    todo!("replace one weight, measure, put it back")
}
