//! Models in few bits.

use super::contract::{Network, Sensed, StorageFormat, Stored, StoredTensor};
use super::{Native as _, Wire as _};
use course_data::{array, layered, parameter_arrays};
use grader_protocol::Answer;
use quantization::{QuantError, StoredWeights};
use tinytorch::{Layer, pretrained};

pub(super) fn stored(
    model: &Network,
    formats: &[StorageFormat],
    other: &Network,
) -> Answer<Stored> {
    let model = layered(model)?;
    let mut other = layered(other)?;
    let names: Vec<String> = model.parameters().into_iter().map(|(name, _)| name).collect();
    let format = |name: &str| {
        let at = names.iter().position(|other| other == name).expect("a parameter's name");
        formats[at].native()
    };
    let stored = StoredWeights::new(&model, format)?;
    let error = stored.load_into(&mut other).err().map(|error| format!("{error:?}"));
    let tensor = |tensor: &quantization::StoredTensor| match tensor {
        quantization::StoredTensor::Full(tensor) => StoredTensor::Full(array(tensor)),
        quantization::StoredTensor::Half(tensor) => StoredTensor::Half(tensor.wire()),
        quantization::StoredTensor::Packed(tensor) => StoredTensor::Packed(tensor.wire()),
    };
    let tensors = stored.tensors().iter().map(|(name, stored)| (name.clone(), tensor(stored)));
    let tensors = tensors.collect();
    Ok(Stored { tensors, nbytes: stored.nbytes(), loaded: parameter_arrays(&other), error })
}

pub(super) fn sensitivity(model: &Network, bits: &[u32], fails: Option<usize>) -> Answer<Sensed> {
    let mut model = layered(model)?;
    let mut calls = 0;
    let sensed = quantization::sensitivity(&mut model, bits, |model| {
        calls += 1;
        if fails == Some(calls) {
            return Err(QuantError::NoData { operation: "loss" });
        }
        let weighed = (1..).zip(parameter_arrays(model)).map(|(weight, parameter)| {
            let squares = parameter.data.0.iter().map(|&x| f64::from(x) * f64::from(x));
            f64::from(weight) * squares.sum::<f64>()
        });
        Ok(weighed.sum())
    });
    let (layers, error) = match sensed {
        Ok(layers) => (layers.wire(), None),
        Err(error) => (Vec::new(), Some(format!("{error:?}"))),
    };
    Ok(Sensed { layers, error, calls, parameters: parameter_arrays(&model) })
}

pub(super) fn gpt(bits: u32, rows: &[Vec<usize>]) -> Answer<(Vec<usize>, usize)> {
    let mut gpt = pretrained::gpt()?;
    let stored = StoredWeights::new(&gpt, |_| quantization::StorageFormat::Integer { bits })?;
    stored.load_into(&mut gpt)?;
    Ok((gpt.forward_ids(rows)?.argmax_axis(2)?, stored.nbytes()))
}
