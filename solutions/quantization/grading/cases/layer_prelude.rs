//! Layers of integers for the tasks `linear`, `conv` and `fast`.

pub use super::prelude::*;
pub use crate::contract::Layer;
pub use crate::oracle::layers as oracle;
pub use crate::oracle::onnx_runtime;
use crate::oracle::onnx_runtime::Answered;

pub const U8: Scheme = Scheme::Unsigned { bits: 8 };
pub const I8: Scheme = Scheme::Signed { bits: 8 };
pub const SYMMETRIC: Scheme = Scheme::Symmetric { bits: 8 };

/// The result of calling the student's code.
pub type Reply<T> = Result<T, CallFailure>;

/// A layer and an input for it.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub layer: Layer,
    pub input: Quantized,
}

/// Codes of a scheme, all of them equally likely.
pub fn codes(draw: &mut Draw, count: usize, scheme: Scheme) -> Vec<i32> {
    let (low, high) = oracle::range(scheme);
    (0..count).map(|_| low + draw.int(0..=(high - low) as usize) as i32).collect()
}

/// Only the lowest and the highest code.
pub fn extremes(draw: &mut Draw, count: usize, scheme: Scheme) -> Vec<i32> {
    let (low, high) = oracle::range(scheme);
    (0..count).map(|_| *draw.pick(&[low, high])).collect()
}

/// Parameters with any zero point of the scheme, and a scale near the given one.
pub fn params(draw: &mut Draw, scale: f64, scheme: Scheme) -> Params {
    let zero_point = match scheme {
        Scheme::Symmetric { .. } => 0,
        _ => codes(draw, 1, scheme)[0],
    };
    Params { scale: (scale * draw.real(0.5, 2.0)) as f32, zero_point, scheme }
}

/// One set of parameters for all elements.
pub fn per_tensor(params: Params) -> TensorParams {
    TensorParams { granularity: Granularity::PerTensor, channels: vec![params] }
}

/// A weight of symmetric codes, with a scale for each channel of `axis`.
pub fn weight(draw: &mut Draw, shape: &[usize], axis: usize) -> Quantized {
    let channels = (0..shape[axis]).map(|_| params(draw, 0.01, SYMMETRIC)).collect();
    let params = TensorParams { granularity: Granularity::PerChannel { axis }, channels };
    let codes = codes(draw, shape.iter().product(), SYMMETRIC);
    Quantized { shape: shape.to_vec(), codes, params }
}

/// A tensor of codes with one set of parameters.
pub fn tensor(draw: &mut Draw, shape: &[usize], params: Params) -> Quantized {
    let codes = codes(draw, shape.iter().product(), params.scheme);
    Quantized { shape: shape.to_vec(), codes, params: per_tensor(params) }
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

/// A linear layer of `[rows, inputs, outputs]` whose input and output have codes of `scheme`.
pub fn linear(draw: &mut Draw, [rows, inputs, outputs]: [usize; 3], scheme: Scheme) -> Drawn {
    let weight = weight(draw, &[inputs, outputs], 1);
    let layer = layer(draw, weight, outputs, scheme);
    let input = tensor(draw, &[rows, inputs], layer.input);
    Drawn { layer, input }
}

/// A convolution whose input and output have codes of `scheme`.
pub fn conv(draw: &mut Draw, images: [usize; 4], filters: [usize; 4], scheme: Scheme) -> Drawn {
    let weight = weight(draw, &filters, 0);
    let layer = layer(draw, weight, filters[0], scheme);
    let input = tensor(draw, &images, layer.input);
    Drawn { layer, input }
}

/// Makes each code of the output half of a sum, and the sums so small that few saturate.
pub fn halve(draw: &mut Draw, of: &mut Drawn) {
    of.layer.input = Params { scale: 0.25, ..of.layer.input };
    of.layer.output = Params { scale: 0.125, ..of.layer.output };
    of.layer.output.zero_point = of.layer.input.zero_point;
    of.layer.weight.params.channels.iter_mut().for_each(|channel| channel.scale = 0.25);
    of.layer.weight.codes.iter_mut().for_each(|code| *code = draw.int(0..=2) as i32 - 1);
    of.layer.bias = None;
    of.input.params = per_tensor(of.layer.input);
}

/// Passes when the sums and the bias of a linear layer are exact.
pub fn linear_sums_agree(message: &'static str, code: &mut Client, of: Drawn) -> CaseVerdict {
    let Drawn { layer, input } = of;
    let (bias, sums) = oracle::linear_sums(&layer, &input);
    let got = code.linear_sums(layer, input)?;
    check::equal(message, &wide(&got.bias), &bias)?;
    check::equal(message, &wide(&got.sums), &sums)
}

/// Passes when the output of a linear layer has exactly the right codes, shape and parameters.
pub fn linear_agrees(message: &'static str, code: &mut Client, of: Drawn) -> CaseVerdict {
    let Drawn { layer, input } = of;
    let (_, sums) = oracle::linear_sums(&layer, &input);
    let outputs = layer.weight.shape[1];
    let (_, batch) = input.shape.split_last().expect("an input has an axis");
    let expected = oracle::output(&layer, &[batch, &[outputs]].concat(), (outputs, 1), &sums);
    check::equal(message, &code.linear(layer, input)?, &expected)
}

/// Passes when the sums and the bias of a convolution are exact.
pub fn conv_sums_agree(
    message: &'static str,
    code: &mut Client,
    of: Drawn,
    window: Window,
) -> CaseVerdict {
    let Drawn { layer, input } = of;
    let (_, bias, sums) = oracle::conv_sums(&layer, window, &input);
    let got = code.conv_sums(layer, window, input)?;
    check::equal(message, &wide(&got.bias), &bias)?;
    check::equal(message, &wide(&got.sums), &sums)
}

/// Passes when the output of a convolution has exactly the right codes, shape and parameters.
pub fn conv_agrees(
    message: &'static str,
    code: &mut Client,
    of: Drawn,
    window: Window,
) -> CaseVerdict {
    let Drawn { layer, input } = of;
    let (shape, _, sums) = oracle::conv_sums(&layer, window, &input);
    let channels = (shape[1], shape[2] * shape[3]);
    let expected = oracle::output(&layer, &shape, channels, &sums);
    check::equal(message, &code.conv(layer, window, input)?, &expected)
}

/// Passes when the call was refused by an error of `kind` whose text starts with `start`: the operation, and for two shapes
/// both of them.
pub fn refused<T: std::fmt::Debug>(
    message: &'static str,
    result: Reply<T>,
    kind: &str,
    start: &str,
) -> CaseVerdict {
    const NAMES: &str = "the error should name the operation that was called, the shapes (left before right) and the \
                         numbers that its documentation mentions";
    let text = match &result {
        Err(CallFailure::Returned(error)) => error.message.clone(),
        _ => String::new(),
    };
    check::returns_error(message, result, kind)?;
    check::that(text.starts_with(start), NAMES, || format!("got {text:?}, expected {start:?}"))
}

/// Integers of 64 bits.
pub fn wide(numbers: &[i32]) -> Vec<i64> {
    numbers.iter().map(|number| i64::from(*number)).collect()
}

/// Twenty of the answers whose weights are codes of a symmetric scheme, which has no -128.
pub fn some(draw: &mut Draw, mut answers: Vec<Answered>) -> Vec<Answered> {
    answers.retain(|of| !of.layer.weight.codes.contains(&-128));
    draw.shuffle(&mut answers);
    answers.truncate(20);
    answers
}

/// Passes when sums are ONNX Runtime's, and codes are at most one off, because it requantizes in `f32`.
pub fn agrees_with_onnx_runtime(
    message: &'static str,
    of: &Answered,
    sums: &[i32],
    output: &Quantized,
) -> CaseVerdict {
    check::equal(message, &wide(sums), &of.sums)?;
    let Some(codes) = &of.codes else { return Ok(()) };
    check::equal(message, &output.codes.len(), &codes.len())?;
    let is_near =
        output.codes.iter().zip(codes).all(|(got, expected)| got.abs_diff(*expected) <= 1);
    check::that(is_near, message, || format!("got {:?}, expected {codes:?}", output.codes))
}
