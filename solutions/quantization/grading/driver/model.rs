//! Quantized models, and what they compute.

use super::contract::{Net, Params, Part, Ran, Setup};
use super::nets::{cnn, mlp};
use super::{Native as _, Wire as _, digits, given, layers};
use course_data::{array, tensor};
use grader_protocol::Answer;
use quantization::{
    Calibration, ObserverKind, QuantizedLayer, QuantizedModel, TensorParams, quantize,
    quantize_cnn, quantize_mlp,
};
use tinytorch::{Tensor, pretrained};

pub(super) fn quantized(of: &Setup) -> Answer<QuantizedModel> {
    let batches = of.batches.iter().map(tensor).collect::<tinytorch::Result<Vec<_>>>()?;
    let calibration = Calibration { batches: &batches, observer: of.observer.native() };
    let model = match &of.net {
        Net::TrainedMlp => quantize_mlp(&pretrained::mlp()?, calibration)?,
        Net::TrainedCnn => quantize_cnn(&pretrained::cnn()?, calibration)?,
        Net::Mlp(sizes, weights) => quantize_mlp(&mlp(sizes, weights)?, calibration)?,
        Net::Cnn(sizes, weights) => quantize_cnn(&cnn(*sizes, weights)?, calibration)?,
    };
    Ok(if of.packed { model.packed()? } else { model })
}

pub(super) fn sequence(input: Params, parts: &[Part]) -> Answer<QuantizedModel> {
    let layers = parts.iter().enumerate().map(|(at, part)| {
        let layer = match part {
            Part::Linear(layer) => QuantizedLayer::Linear(layers::linear(layer)?),
            Part::Conv2d(layer, window) => QuantizedLayer::Conv2d(layers::conv(layer, *window)?),
            Part::MaxPool2d(kernel, stride) => {
                QuantizedLayer::MaxPool2d { kernel: *kernel, stride: *stride }
            }
            Part::Flatten => QuantizedLayer::Flatten,
        };
        Ok((format!("layer{at}"), layer))
    });
    Ok(QuantizedModel::new(given::params(input)?, layers.collect::<Answer<_>>()?))
}

/// The codes after each layer are those of a model that ends there.
pub(super) fn run(model: &QuantizedModel, input: &Tensor) -> Answer<Ran> {
    let codes = quantize(input, &TensorParams::per_tensor(model.input()))?;
    let after = |layers: usize| {
        let part = QuantizedModel::new(model.input(), model.layers()[..layers].to_vec());
        Ok(part.forward_codes(codes.clone())?.wire())
    };
    let codes = (1..=model.layers().len()).map(after).collect::<Answer<_>>()?;
    Ok(Ran { model: model.wire(), codes, logits: array(&model.forward(input)?) })
}

pub(super) fn digits(
    cnn: bool,
    training: usize,
    observer: ObserverKind,
    packed: bool,
    scans: &str,
) -> Answer<(Vec<usize>, usize)> {
    let shaped = |images: Tensor| {
        let rows = images.shape()[0];
        if cnn { Ok(images) } else { images.reshape(&[rows, 784]) }
    };
    let images = tinytorch::data::digits::train()?.images;
    let starts = (0..training).step_by(50);
    let batches =
        starts.map(|start| shaped(images.slice_axis(0, start, training.min(start + 50))?));
    let batches = batches.collect::<tinytorch::Result<Vec<_>>>()?;
    let calibration = Calibration { batches: &batches, observer };
    let model = if cnn {
        quantize_cnn(&pretrained::cnn()?, calibration)?
    } else {
        quantize_mlp(&pretrained::mlp()?, calibration)?
    };
    let model = if packed { model.packed()? } else { model };
    let scores = model.forward(&shaped(digits::images(scans)?)?)?;
    Ok((digits::answers(&scores)?, model.nbytes()))
}
