//! Loads parameters into a model by name.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::Layer;
use crate::{Result, Tensor, TensorError};

/// Sets every parameter of `model` to the tensor of the same name. Order does
/// not matter. A parameter that is a leaf stays the same leaf.
///
/// ```
/// use tinytorch::nn::Linear;
/// use tinytorch::{Layer, Rng, Tensor, layer};
///
/// let mut linear = Linear::new(2, 1, true, &mut Rng::new(1));
/// let weight = Tensor::from_vec(vec![3.0, 4.0], &[2, 1])?;
/// let tensors = vec![("bias".to_string(), Tensor::ones(&[1])), ("weight".to_string(), weight)];
/// layer::load_parameters(&mut linear, tensors)?;
/// assert_eq!(linear.forward(&Tensor::ones(&[1, 2]))?.to_vec(), [8.0]);
///
/// let error = layer::load_parameters(&mut linear, vec![]).unwrap_err();
/// assert_eq!(error.to_string(), "load_parameters: missing: bias [1], weight [2, 1]");
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
///
/// # Errors
/// When a parameter has no tensor, a tensor has no parameter or occurs twice, or shapes differ.
/// The error lists all of them, and the model does not change.
pub fn load_parameters(model: &mut dyn Layer, tensors: Vec<(String, Tensor)>) -> Result<()> {
    let mut by_name = BTreeMap::new();
    let mut twice = Vec::new();
    for (name, tensor) in tensors {
        match by_name.entry(name) {
            Entry::Occupied(known) => twice.push(known.key().clone()),
            Entry::Vacant(free) => {
                free.insert(tensor);
            }
        }
    }
    let parameters = model.parameters_mut();
    check(&parameters, &by_name, &twice)?;
    for (name, parameter) in parameters {
        if let Some(tensor) = by_name.remove(&name) {
            parameter.data = tensor.data;
        }
    }
    Ok(())
}

/// Sets the elements of one parameter. A parameter that is a leaf stays the same leaf, so an optimizer can
/// change it after its step.
///
/// ```
/// use tinytorch::{Tensor, layer};
///
/// let mut weight = Tensor::ones(&[2]).requires_grad();
/// layer::assign(&mut weight, Tensor::from_vec(vec![3.0, 0.0], &[2])?)?;
/// assert_eq!(weight.to_vec(), [3.0, 0.0]);
/// assert!(weight.tracks_grad());
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
///
/// # Errors
/// When the shapes differ; the parameter does not change.
pub fn assign(parameter: &mut Tensor, elements: Tensor) -> Result<()> {
    if parameter.shape() != elements.shape() {
        let (given, expected) = (elements.shape(), parameter.shape());
        let reason = format!("the elements have the shape {given:?}, the parameter {expected:?}");
        return Err(TensorError::config("assign", reason));
    }
    parameter.data = elements.data;
    Ok(())
}

/// Rejects tensors that are not exactly the parameters.
fn check(
    parameters: &[(String, &mut Tensor)],
    tensors: &BTreeMap<String, Tensor>,
    twice: &[String],
) -> Result<()> {
    let wanted: BTreeMap<&String, &[usize]> =
        parameters.iter().map(|(name, tensor)| (name, tensor.shape())).collect();
    let missing = wanted.iter().filter(|(name, _)| !tensors.contains_key(**name));
    let missing = missing.map(|(name, shape)| format!("{name} {shape:?}"));
    let unexpected = tensors.iter().filter(|(name, _)| !wanted.contains_key(*name));
    let unexpected = unexpected.map(|(name, tensor)| format!("{name} {:?}", tensor.shape()));
    let shapes = wanted.iter().filter_map(|(name, shape)| {
        let given = tensors.get(*name)?.shape();
        (given != *shape).then(|| format!("{name} is {given:?}, the model has {shape:?}"))
    });
    let problems = [
        ("missing", missing.collect::<Vec<_>>()),
        ("unexpected", unexpected.collect()),
        ("wrong shape", shapes.collect()),
        ("given twice", twice.to_vec()),
    ];
    let found = problems.iter().filter(|(_, names)| !names.is_empty());
    let found: Vec<_> =
        found.map(|(problem, names)| format!("{problem}: {}", names.join(", "))).collect();
    if found.is_empty() {
        return Ok(());
    }
    Err(TensorError::config("load_parameters", found.join("; ")))
}
