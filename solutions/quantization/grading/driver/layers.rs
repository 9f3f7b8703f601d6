//! Layers of integers from their plain data.

use super::Native as _;
use super::contract::{Layer, Window};
use super::given;
use grader_protocol::Answer;
use quantization::QuantizedLinear;

pub(super) fn linear(of: &Layer) -> Answer<QuantizedLinear> {
    let bias = of.bias.as_ref().map(|bias| bias.0.as_slice());
    let [input, output] = [given::params(of.input)?, given::params(of.output)?];
    let mut layer = QuantizedLinear::new(given::quantized(&of.weight)?, bias, input, output)?;
    if of.relu {
        layer = layer.with_relu();
    }
    Ok(if of.packed { layer.packed()? } else { layer })
}

#[cfg(not(missing_conv))]
pub(super) fn conv(of: &Layer, window: Window) -> Answer<quantization::QuantizedConv2d> {
    let bias = of.bias.as_ref().map(|bias| bias.0.as_slice());
    let [input, output] = [given::params(of.input)?, given::params(of.output)?];
    let weight = given::quantized(&of.weight)?;
    let window = window.native();
    let mut layer = quantization::QuantizedConv2d::new(weight, bias, window, input, output)?;
    if of.relu {
        layer = layer.with_relu();
    }
    Ok(if of.packed { layer.packed()? } else { layer })
}
