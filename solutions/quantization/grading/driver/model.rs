//! Quantized models.

use super::contract::{ObserverKind, Params, Part};
use super::{Answer, Native as _, given, layers};
use course_data::Classifier;
use quantization::{Calibration, QuantizedLayer, QuantizedModel, quantize_cnn, quantize_mlp};
use tinytorch::Tensor;

pub(super) fn quantized(
    classifier: &Classifier,
    batches: &[Tensor],
    observer: ObserverKind,
    packed: bool,
) -> Answer<QuantizedModel> {
    let calibration = Calibration { batches, observer: observer.native() };
    let model = match classifier {
        Classifier::Mlp(mlp) => quantize_mlp(mlp, calibration)?,
        Classifier::Cnn(cnn) => quantize_cnn(cnn, calibration)?,
    };
    Ok(if packed { model.packed()? } else { model })
}

pub(super) fn of_parts(input: Params, parts: &[Part]) -> Answer<QuantizedModel> {
    let layers = parts.iter().enumerate().map(|(at, part)| {
        let layer = match part {
            Part::Linear(of) => QuantizedLayer::Linear(layers::linear(of)?),
            Part::Conv2d(of, window) => QuantizedLayer::Conv2d(layers::conv(of, *window)?),
            Part::MaxPool2d(kernel, stride) => {
                QuantizedLayer::MaxPool2d { kernel: (*kernel).into(), stride: (*stride).into() }
            }
            Part::Flatten => QuantizedLayer::Flatten,
        };
        Ok((format!("layer{at}"), layer))
    });
    Ok(QuantizedModel::new(given::params(input)?, layers.collect::<Answer<_>>()?))
}
