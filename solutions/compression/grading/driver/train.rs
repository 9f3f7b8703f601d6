//! Models that are trained while they are compressed.

#![allow(dead_code, reason = "some of it is for tasks that may be missing")]

use super::contract::{
    CodebookTuning, Distillation, Inner, Masking, Net, Network, PrunedStep, PruningRun,
};
use super::{Native as _, Wire as _, given};
use course_data::{Array, array, layered, parameter_arrays, tensor};
use grader_protocol::{Answer, Floats};
use tinytorch::autograd::Gradients;
use tinytorch::data::digits::{self, Digits};
use tinytorch::models::Mlp;
use tinytorch::nn::Sequential;
use tinytorch::train::{Adam, Labelled, Optimizer, Sgd};
use tinytorch::{Layer, Tensor, layer, pretrained};

pub(super) fn labelled(inputs: &Array, labels: Vec<usize>) -> Answer<Labelled> {
    Ok(Labelled::new(&tensor(inputs)?, labels)?)
}

fn rows(digits: &Digits) -> Answer<Labelled> {
    Ok(Labelled::new(&digits.flat()?, digits.labels.clone())?)
}

pub(super) fn training_rows() -> Answer<Labelled> {
    rows(&digits::train()?)
}

pub(super) fn validation_rows() -> Answer<Labelled> {
    rows(&digits::validation()?)
}

/// What an MLP takes scans for.
pub(super) fn digits(mlp: &Mlp, scans: &str) -> Answer<Vec<usize>> {
    let images = course_data::scans(scans)?;
    let count = images.shape()[0];
    Ok(mlp.forward(&images.reshape(&[count, images.len() / count])?)?.argmax_axis(1)?)
}

/// The gradients that parameters have of their product with these numbers.
fn gradients(model: &mut Sequential, of: &[Floats]) -> Answer<Gradients> {
    layer::track(model);
    let mut loss = Tensor::scalar(0.0);
    for ((_, parameter), of) in model.parameters().into_iter().zip(of) {
        let factors = Tensor::from_vec(of.0.clone(), parameter.shape())?;
        loss = loss.add(&parameter.mul(&factors)?.sum_all())?;
    }
    Ok(loss.backward()?)
}

#[cfg(not(missing_schedule))]
pub(super) fn pruned_steps(run: &PruningRun) -> Answer<Vec<PrunedStep>> {
    let Inner { adam, momentum, learning_rate, weight_decay } = run.inner;
    if adam {
        steps_with(run, || Adam::new(learning_rate).weight_decay(weight_decay))
    } else {
        steps_with(run, || Sgd::new(learning_rate).momentum(momentum).weight_decay(weight_decay))
    }
}

#[cfg(not(missing_schedule))]
fn steps_with<O: Optimizer>(run: &PruningRun, inner: impl Fn() -> O) -> Answer<Vec<PrunedStep>> {
    let make = || -> Answer<_> {
        Ok(match &run.masking {
            Masking::Fixed(masks) => {
                let masks = given::model_masks(masks.clone())?;
                compression::PruningOptimizer::fixed(inner(), masks)
            }
            Masking::Gradual(schedule, scope) => {
                let schedule = schedule.native();
                compression::PruningOptimizer::gradual(inner(), schedule, scope.native())?
            }
        })
    };
    let mut model = layered(&run.model)?;
    let mut optimizer = make()?;
    let mut steps = Vec::new();
    for (at, of) in run.gradients.iter().enumerate() {
        if run.resumed_after == Some(at) {
            let state = optimizer.state();
            optimizer = make()?;
            optimizer.restore(state)?;
        }
        let gradients = gradients(&mut model, of)?;
        optimizer.step(model.parameters_mut(), &gradients)?;
        let masks = optimizer.masks().wire();
        steps.push(PrunedStep { parameters: parameter_arrays(&model), masks });
    }
    Ok(steps)
}

#[cfg(not(missing_schedule))]
pub(super) fn restore_without_masks() -> Answer<()> {
    let masks = compression::ModelMasks::default();
    let mut optimizer = compression::PruningOptimizer::fixed(Sgd::new(0.1), masks);
    Ok(optimizer.restore(Sgd::new(0.1).state())?)
}

pub(super) fn with_gradients(
    loss: &Tensor,
    student: &Tensor,
    teacher: &Tensor,
) -> Answer<(Array, Option<Array>, Option<Array>)> {
    let gradients = if loss.tracks_grad() { Some(loss.backward()?) } else { None };
    let of = |tensor| gradients.as_ref().and_then(|all| all.get(tensor)).map(array);
    Ok((array(loss), of(student), of(teacher)))
}

#[cfg(not(missing_distill))]
pub(super) fn distilled_digits(
    student: &Net,
    images: &[usize],
    how: Distillation,
    scans: &str,
) -> Answer<Vec<usize>> {
    let train = digits::train()?;
    let all = train.flat()?.to_vec();
    let width = all.len() / train.len();
    let numbers = images.iter().flat_map(|at| all[at * width..][..width].to_vec()).collect();
    let inputs = Tensor::from_vec(numbers, &[images.len(), width])?;
    let data = Labelled::new(&inputs, images.iter().map(|at| train.labels[*at]).collect())?;
    let mut student = given::mlp(student)?;
    compression::distill(&mut student, &pretrained::mlp()?, &data, how.native())?;
    digits(&student, scans)
}

#[cfg(not(missing_codebook))]
pub(super) fn shared_values(model: &Network, bits: &[u32]) -> Answer<(Option<String>, Vec<Array>)> {
    let mut model = layered(model)?;
    let names: Vec<String> =
        compression::weights(&model).into_iter().map(|(name, _)| name).collect();
    let bits_of = |name: &str| {
        let at = names.iter().position(|other| other == name).unwrap_or(0);
        bits.get(at).copied().unwrap_or(8)
    };
    let result = compression::shared_values(&mut model, bits_of);
    Ok((result.err().map(|error| error.to_string()), parameter_arrays(&model)))
}

#[cfg(not(missing_codebook))]
pub(super) fn codebook_steps(
    model: &Network,
    bits: u32,
    learning_rate: f64,
    all: &[Vec<Floats>],
) -> Answer<Vec<Vec<Array>>> {
    let mut model = layered(model)?;
    let sgd = Sgd::new(learning_rate);
    let mut optimizer = compression::CodebookOptimizer::new(sgd, &mut model, |_| bits)?;
    let mut steps = vec![parameter_arrays(&model)];
    for of in all {
        let gradients = gradients(&mut model, of)?;
        optimizer.step(model.parameters_mut(), &gradients)?;
        steps.push(parameter_arrays(&model));
    }
    Ok(steps)
}

#[cfg(not(missing_codebook))]
pub(super) fn shared_digits(tuning: CodebookTuning, scans: &str) -> Answer<Vec<usize>> {
    let mut mlp = pretrained::mlp()?;
    if tuning.epochs == 0 {
        compression::shared_values(&mut mlp, |_| tuning.bits)?;
    } else {
        compression::tune_codebooks(&mut mlp, &training_rows()?, tuning.native())?;
    }
    digits(&mlp, scans)
}
