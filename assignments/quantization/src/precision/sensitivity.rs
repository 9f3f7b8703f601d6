//! What each layer bears.

use crate::Result;
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
    let _ = (&model, &bits, &mut loss); // Not used yet: goes with the todo!.
    todo!("replace one parameter, measure, put it back")
}
