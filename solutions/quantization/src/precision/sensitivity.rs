//! What each layer bears.

use crate::Result;
// BEGIN SOLUTION: -
use super::stored::StoredTensor;
use crate::{StorageFormat, signal_to_noise_db};
use tinytorch::Tensor;
// END SOLUTION
use tinytorch::Layer;

/// A parameter at one number of bits, all others in `f32`. Given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BitOption {
    /// The number of bits.
    pub bits: u32,
    /// Bytes of the stored parameter.
    pub nbytes: usize,
    /// Signal-to-noise ratio of its numbers, in decibels.
    pub snr_db: f64,
    /// The loss of the model.
    pub loss: f64,
}

/// How much a model suffers when one of its parameters is stored in few bits. Given.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerSensitivity {
    /// The name of the parameter.
    pub name: String,
    /// One for each number of bits, in the order asked for.
    pub options: Vec<BitOption>,
}

/// Measures the loss with one parameter at a time in [`StorageFormat::Integer`](crate::StorageFormat::Integer) and all
/// others as they are, for each parameter with two or more axes, in the order of the model. Afterwards the model has its
/// parameters back, also when `loss` fails.
///
/// # Errors
/// Those of [`search_params`](crate::search_params), [`signal_to_noise_db`](crate::signal_to_noise_db) and `loss`.
///
/// # Cost
/// One evaluation of `loss` for each parameter and number of bits.
pub fn sensitivity<M: Layer>(
    model: &mut M,
    bits: &[u32],
    mut loss: impl FnMut(&M) -> Result<f64>,
) -> Result<Vec<LayerSensitivity>> {
    // BEGIN SOLUTION: replace one parameter, measure, put it back
    let is_weight = |(_, parameter): &(String, &Tensor)| parameter.ndim() >= 2;
    let weights = model.parameters().into_iter().filter(is_weight);
    let weights: Vec<_> = weights.map(|(name, weight)| (name, weight.clone())).collect();
    let mut layers = Vec::new();
    for (name, weight) in weights {
        let mut options = Vec::new();
        for &bits in bits {
            let stored = StoredTensor::new(&name, &weight, StorageFormat::Integer { bits })?;
            let rounded = stored.expand()?;
            let snr_db = signal_to_noise_db(&weight, &rounded)?;
            replace(model, &name, rounded);
            let measured = loss(model);
            replace(model, &name, weight.clone());
            options.push(BitOption { bits, nbytes: stored.nbytes(), snr_db, loss: measured? });
        }
        layers.push(LayerSensitivity { name, options });
    }
    Ok(layers)
    // END SOLUTION
}
// BEGIN SOLUTION: -

/// Puts a tensor in the place of the parameter called `name`.
fn replace<M: Layer>(model: &mut M, name: &str, tensor: Tensor) {
    for (other, parameter) in model.parameters_mut() {
        if other == name {
            *parameter = tensor;
            return;
        }
    }
}
// END SOLUTION
