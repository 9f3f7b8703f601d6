//! Plain data as the given types of the crate, and longer bodies.

#![allow(dead_code, reason = "some of it is for tasks that may be missing")]

use super::Wire as _;
use super::contract::{CompressedModel, Factors, Mask, ModelMasks, Net, Network, Sensed};
use course_data::{Array, Classifier, Meter, array, classifier, layered, parameter_arrays, tensor};
use grader_protocol::{Answer, Floats};
use std::cell::Cell;
use tinytorch::models::{Cnn, Mlp};
use tinytorch::train::Labelled;
use tinytorch::{Layer, Tensor, TensorError, layer};

pub(super) fn mask(of: Mask) -> Answer<compression::Mask> {
    Ok(compression::Mask::new(&of.shape, of.kept)?)
}

pub(super) fn model_masks(of: ModelMasks) -> Answer<compression::ModelMasks> {
    let masks = of.masks.into_iter().map(|(name, of)| Ok((name, mask(of)?)));
    Ok(compression::ModelMasks::new(masks.collect::<Answer<_>>()?))
}

pub(super) fn slice(of: Option<&Floats>) -> Option<&[f32]> {
    of.map(|of| of.0.as_slice())
}

#[cfg(not(missing_magnitude))]
pub(super) fn apply_masks(
    model: &Network,
    masks: ModelMasks,
) -> Answer<(Option<String>, Vec<Array>, bool)> {
    let mut model = layered(model)?;
    layer::track(&mut model);
    let masks = model_masks(masks)?;
    let loss = sum_of_squares(&model)?;
    let result = compression::apply_masks(&mut model, &masks);
    // The gradients of a loss before are found by the leaf.
    let gradients = loss.backward()?;
    let same = model.parameters().iter().all(|(_, parameter)| gradients.get(parameter).is_some());
    let error = result.err().map(|error| error.to_string());
    Ok((error, parameter_arrays(&model), same))
}

/// Of all elements of all parameters; those of parameter number i, counted from 1, count i times.
fn sum_of_squares(model: &impl Layer) -> tinytorch::Result<Tensor> {
    let mut sum = Tensor::scalar(0.0);
    for (at, (_, parameter)) in (1_u8..).zip(model.parameters()) {
        sum = sum.add(&parameter.mul(parameter)?.sum_all().mul_scalar(f32::from(at)))?;
    }
    Ok(sum)
}

pub(super) fn mlp(of: &Net) -> Answer<Mlp> {
    match classifier(of)? {
        Classifier::Mlp(mlp) => Ok(mlp),
        Classifier::Cnn(_) => Err(another_kind(of).into()),
    }
}

pub(super) fn cnn(of: &Net) -> Answer<Cnn> {
    match classifier(of)? {
        Classifier::Cnn(cnn) => Ok(cnn),
        Classifier::Mlp(_) => Err(another_kind(of).into()),
    }
}

fn another_kind(of: &Net) -> TensorError {
    TensorError::InvalidConfig { op: "classifier", reason: format!("another kind: {of:?}") }
}

/// Parameters, and outputs.
pub(super) fn outcome(model: &impl Layer, input: &Array) -> Answer<(Vec<Array>, Array)> {
    Ok((parameter_arrays(model), array(&model.forward(&tensor(input)?)?)))
}

#[cfg(not(missing_low_rank))]
pub(super) fn factors(of: &compression::LowRank) -> Answer<Factors> {
    Ok(Factors {
        left: array(of.left()),
        right: array(of.right()),
        error: of.error(),
        count: of.parameter_count(),
        dense: array(&of.to_dense()?),
    })
}

#[cfg(not(missing_low_rank))]
pub(super) fn low_rank_forward(matrix: &Array, rank: usize, x: &Array) -> Answer<(Array, usize)> {
    let factors = compression::LowRank::new(&tensor(matrix)?, rank)?;
    let x = tensor(x)?;
    let (output, bytes) = Meter::default().count(|| factors.forward(&x))?;
    Ok((array(&output), bytes))
}

#[cfg(not(missing_low_rank))]
pub(super) fn low_rank_digits(rank: usize, scans: &str) -> Answer<Vec<usize>> {
    let mut mlp = tinytorch::pretrained::mlp()?;
    if let Some((_, weight)) = mlp.parameters_mut().into_iter().next() {
        *weight = compression::LowRank::new(weight, rank)?.to_dense()?;
    }
    super::train::digits(&mlp, scans)
}

#[cfg(not(missing_encode))]
pub(super) fn encode(model: &Network, bits: &[u32]) -> Answer<Vec<u8>> {
    let model = layered(model)?;
    let names: Vec<String> = model.parameters().into_iter().map(|(name, _)| name).collect();
    let bits_of = |name: &str| {
        let at = names.iter().position(|other| other == name).unwrap_or(0);
        bits.get(at).or(bits.last()).copied().unwrap_or(8)
    };
    Ok(compression::encode_model(&model, bits_of)?)
}

#[cfg(not(missing_compressor))]
pub(super) fn sensitivity(
    model: &Network,
    sparsities: &[f64],
    fails: Option<usize>,
) -> Answer<Sensed> {
    let mut model = layered(model)?;
    let calls = Cell::new(0);
    let result = compression::sensitivity(&mut model, sparsities, |model| {
        calls.set(calls.get() + 1);
        if fails == Some(calls.get()) {
            let reason = "this score fails".to_owned();
            return Err(TensorError::InvalidConfig { op: "score", reason }.into());
        }
        Ok(f64::from(sum_of_squares(model)?.sum()))
    });
    let (layers, error) = match result {
        Ok(layers) => (layers.wire(), None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    Ok(Sensed { layers, error, calls: calls.get(), parameters: parameter_arrays(&model) })
}

#[cfg(not(missing_compressor))]
pub(super) fn compressed<M: Layer>(
    mut model: M,
    how: &compression::ModelCompressor,
    train: &Labelled,
    validation: &Labelled,
) -> CompressedModel {
    let result = how.compress(&mut model, train, validation);
    let parameters = parameter_arrays(&model);
    match result {
        Ok(of) => {
            let report = Some(of.report.wire());
            CompressedModel { file: of.file, report, error: None, parameters }
        }
        Err(error) => {
            let error = Some(error.to_string());
            CompressedModel { file: Vec::new(), report: None, error, parameters }
        }
    }
}
