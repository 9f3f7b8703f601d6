//! Layers of integers for the tasks `linear`, `conv` and `fast`.

use super::prelude::*;

/// The sizes of a linear layer and its input.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub rows: usize,
    pub inputs: usize,
    pub outputs: usize,
}

/// A layer and an input for it.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub layer: Layer,
    pub input: Quantized,
}

/// Codes of a scheme, all of them equally likely.
pub fn codes(draw: &mut Draw, count: usize, scheme: Scheme) -> Vec<i32> {
    let (low, high) = scheme.range();
    (0..count).map(|_| low + draw.int(0..=(high - low) as usize) as i32).collect()
}

/// Parameters with any zero point of the scheme.
pub fn params(draw: &mut Draw, scale: f64, scheme: Scheme) -> Params {
    let zero_point = match scheme {
        Scheme::Symmetric { .. } => 0,
        _ => codes(draw, 1, scheme)[0],
    };
    Params { scale: (scale * draw.real(0.5, 2.0)) as f32, zero_point, scheme }
}

/// A weight of symmetric codes, with a scale for each channel of `axis`.
pub fn weight(draw: &mut Draw, shape: &[usize], axis: usize) -> Quantized {
    let scheme = Scheme::Symmetric { bits: 8 };
    let channels = (0..shape[axis]).map(|_| params(draw, 0.01, scheme)).collect();
    let params = TensorParams { granularity: Granularity::PerChannel { axis }, channels };
    let codes = codes(draw, shape.iter().product(), scheme);
    Quantized { shape: shape.to_vec(), codes, params }
}

/// A tensor of codes with one set of parameters.
pub fn tensor(draw: &mut Draw, shape: &[usize], params: Params) -> Quantized {
    let codes = codes(draw, shape.iter().product(), params.scheme);
    let params = TensorParams { granularity: Granularity::PerTensor, channels: vec![params] };
    Quantized { shape: shape.to_vec(), codes, params }
}

/// A layer with this weight, a bias, and an output scale for which a few sums saturate.
pub fn layer(draw: &mut Draw, weight: Quantized, outputs: usize, scheme: Scheme) -> Layer {
    let products = weight.codes.len() / outputs;
    let unit = 0.05 * 0.01;
    let spread = 73.0 * 73.0 * (products as f64).sqrt();
    let input = params(draw, 0.05, scheme);
    let output = params(draw, unit * spread / 60.0, scheme);
    let bias = (0..outputs).map(|_| (draw.normal() * unit * spread) as f32).collect();
    Layer { weight, bias: Some(Floats(bias)), input, output, relu: false, packed: false }
}

/// A linear layer whose input and output have codes of `scheme`.
pub fn layer_of(draw: &mut Draw, sizes: Sizes, scheme: Scheme) -> Drawn {
    let weight = weight(draw, &[sizes.inputs, sizes.outputs], 1);
    let layer = layer(draw, weight, sizes.outputs, scheme);
    let input = tensor(draw, &[sizes.rows, sizes.inputs], layer.input);
    Drawn { layer, input }
}

/// Passes when the output of a linear layer has exactly the right codes, shape and parameters.
pub fn linear_agrees(message: &'static str, code: &mut Client, of: Drawn) -> CaseVerdict {
    let Drawn { layer, input } = of;
    let (_, sums) = oracle::linear_sums(&layer, &input);
    let outputs = layer.weight.shape[1];
    let units = oracle::units(&layer, outputs);
    let codes = sums
        .iter()
        .enumerate()
        .map(|(at, &sum)| oracle::code(units[at % outputs], layer.output, layer.relu, sum));
    let (_, batch) = input.shape.split_last().expect("an input has an axis");
    let expected = Quantized {
        shape: [batch, &[outputs]].concat(),
        codes: codes.collect(),
        params: TensorParams { granularity: Granularity::PerTensor, channels: vec![layer.output] },
    };
    check::equal(message, &code.linear(layer, input)?, &expected)
}
