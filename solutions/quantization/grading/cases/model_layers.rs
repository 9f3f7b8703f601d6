//! Task `model`: layers that pass codes to each other.

use super::layer_prelude::{Drawn, I8, U8, conv, linear, params, per_tensor, refused, tensor};
use super::prelude::*;
use crate::contract::{Layer, Part};
use crate::oracle::layers::range;
use crate::oracle::model::{codes, codes_of, numbers};

cases! { task "model", client Client;
    /// Each linear layer takes the codes of the one before, bit for bit.
    layers_pass_codes_on;
    /// Convolutions, pooling, flattening and linear layers in a row, bit for bit.
    layers_of_images after [layers_pass_codes_on];
    /// Where a sum lies half-way between two codes, each layer takes the upper one: no layer computes in `f32`.
    layers_round_ties_upwards after [layers_pass_codes_on];
    /// Flattening keeps the images apart, and the order of the codes.
    layers_flatten_images after [layers_pass_codes_on];
    /// Any number of leading axes, and codes below `0`.
    layers_of_other_shapes after [layers_pass_codes_on];
    /// `forward` quantizes its input, which saturates, and gives the numbers of the last codes.
    forward_quantizes_and_dequantizes after [layers_pass_codes_on];
    /// The input of `forward` may be a view.
    forward_takes_views after [forward_quantizes_and_dequantizes];
    /// A model without layers gives the input's codes.
    no_layers_give_the_input after [forward_quantizes_and_dequantizes];
    /// A model stores what its layers store.
    bytes_are_those_of_the_layers;
    /// What the first layer or a later one cannot take is refused.
    layers_refuse_their_input;
    /// NaN, infinity and nothing are refused before the first layer.
    forward_refuses_what_has_no_code;
}

const EXACT: &str = "each layer should take the codes of the layer before, and the output should have exactly the codes of \
                     exact sums";

/// Linear layers of these sizes; all but the last have a `Relu`.
pub fn dense(draw: &mut Draw, sizes: &[usize], scheme: Scheme) -> Vec<Layer> {
    let layers = sizes.windows(2).map(|pair| linear(draw, [1, pair[0], pair[1]], scheme).layer);
    let mut layers: Vec<Layer> = layers.collect();
    let last = layers.len() - 1;
    for at in 0..last {
        layers[at].relu = true;
        // A ReLU of whose output half is nothing.
        layers[at].output.zero_point = layers[at].output.zero_point.min(100);
        layers[at + 1].input = layers[at].output;
    }
    layers
}

fn chain(layers: Vec<Layer>) -> Vec<Part> {
    layers.into_iter().map(Part::Linear).collect()
}

/// Two convolutions with pooling, and a linear layer, for two channels of 11 x 12 pixels: the sizes between the layers are
/// 6 x 4, 5 x 3, 5 x 3 and 2 x 2.
fn network(draw: &mut Draw) -> (Params, Vec<Part>) {
    let window = Window { stride: (2, 3), padding: (1, 0) };
    let mut first = conv(draw, [1, 2, 11, 12], [4, 2, 3, 3], U8).layer;
    first.relu = true;
    let mut second = conv(draw, [1, 4, 5, 3], [6, 4, 3, 3], U8).layer;
    second.input = first.output;
    let mut last = linear(draw, [1, 24, 7], U8).layer;
    last.input = second.output;
    let input = first.input;
    let same = Window { stride: (1, 1), padding: (1, 1) };
    let parts = vec![
        Part::Conv2d(first, window),
        Part::MaxPool2d([2, 2], [1, 1]),
        Part::Conv2d(second, same),
        Part::MaxPool2d([3, 2], [2, 1]),
        Part::Flatten,
        Part::Linear(last),
    ];
    (input, parts)
}

/// Numbers within the range of these parameters, and a few beyond it.
fn within(draw: &mut Draw, shape: &[usize], of: Params) -> Array {
    let (low, high) = range(of.scheme);
    let end = |code: i32| f64::from(of.scale) * f64::from(code - of.zero_point);
    let count = shape.iter().product();
    let data = draw.reals(count, end(low) * 1.1 - 0.1, end(high) * 1.1 + 0.1);
    rows(shape, data.iter().map(|x| *x as f32).collect())
}

/// Runs the layers on the codes of an input, and compares the codes after each one, and the logits of `forward`.
fn agrees(code: &mut Client, (input, parts): (Params, Vec<Part>), array: Array) -> CaseVerdict {
    let (shape, data) = elements(&array);
    let start = codes_of(&shape, &data, input);
    let expected = codes(&parts, start.clone());
    for (at, expected) in expected.iter().enumerate() {
        let got = code.forward_codes(input, parts[..=at].to_vec(), start.clone())?;
        check::equal(EXACT, &got, expected)?;
    }
    let last = expected.last().unwrap_or(&start);
    let (logits, _) = code.forward(input, parts, array)?;
    let message =
        "`forward` should quantize its input, and give the numbers that the last codes stand for";
    check::equal(message, &logits.shape, &last.shape)?;
    same_bits(message, &logits.data.0, &numbers(last))
}

fn layers_pass_codes_on(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let sizes = [draw.int(3..=20), draw.int(3..=20), draw.int(3..=20), draw.int(2..=8)];
        let layers = dense(draw, &sizes, U8);
        let input = layers[0].input;
        let array = within(draw, &[4, sizes[0]], input);
        agrees(code, (input, chain(layers)), array)?;
    }
    Ok(())
}

fn layers_of_images(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..2 {
        let (input, parts) = network(draw);
        let array = within(draw, &[3, 2, 11, 12], input);
        agrees(code, (input, parts), array)?;
    }
    Ok(())
}

/// With these scales a step of the output is four units of a sum, so every fourth sum is a tie.
fn layers_round_ties_upwards(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let mut layers = dense(draw, &[3, 24, 16, 9], U8);
        for layer in &mut layers {
            layer.weight.params.channels.iter_mut().for_each(|channel| channel.scale = 0.25);
            layer.weight.codes.iter_mut().for_each(|code| *code %= 2);
            let bias = draw.reals(layer.weight.shape[1], -40.0, 40.0);
            layer.bias = Some(Floats(bias.iter().map(|x| x.round() as f32 * 0.125).collect()));
            layer.input.scale = 0.5;
            layer.output.scale = 0.5;
        }
        let input = layers[0].input;
        let array = within(draw, &[8, 3], input);
        agrees(code, (input, chain(layers)), array)?;
    }
    Ok(())
}

fn layers_flatten_images(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let params = params(draw, 0.05, U8);
    for shape in [vec![3, 4, 2, 5], vec![2, 7], vec![5], vec![2, 3, 4]] {
        let array = within(draw, &shape, params);
        agrees(code, (params, vec![Part::Flatten]), array)?;
    }
    Ok(())
}

fn layers_of_other_shapes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for (shape, scheme) in [(vec![6], U8), (vec![2, 3, 6], I8), (vec![2, 1, 2, 6], I8)] {
        let layers = dense(draw, &[6, 9, 4], scheme);
        let input = layers[0].input;
        let array = within(draw, &shape, input);
        agrees(code, (input, chain(layers)), array)?;
    }
    Ok(())
}

fn forward_quantizes_and_dequantizes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut layers = dense(draw, &[5, 8, 3], U8);
    // The bias alone moves the last codes to both ends.
    layers[1].bias = Some(Floats(vec![-1e3, 1e3, 0.0]));
    let input = layers[0].input;
    let mut array = within(draw, &[6, 5], input);
    array.data.0[draw.int(0..=14)] = f32::MAX;
    array.data.0[draw.int(15..=29)] = f32::MIN;
    agrees(code, (input, chain(layers)), array)
}

fn forward_takes_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (input, parts) = network(draw);
    let mut array = within(draw, &[11, 2, 12, 3], input);
    array.axes = vec![3, 1, 0, 2];
    agrees(code, (input, parts), array)
}

fn no_layers_give_the_input(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let params = params(draw, 0.05, I8);
    let array = within(draw, &[3, 4], params);
    agrees(code, (params, Vec::new()), array)?;
    let codes = tensor(draw, &[2, 3], params);
    let got = code.forward_codes(params, Vec::new(), codes.clone())?;
    check::equal("without layers, `forward_codes` should give the codes of the input", &got, &codes)
}

fn bytes_are_those_of_the_layers(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the bytes of a model should be those of its layers: a byte for each weight, four for each scale and each \
                   bias, eight each for the parameters of input and output; pooling and flattening store nothing";
    let (input, mut parts) = network(draw);
    let array = within(draw, &[1, 2, 11, 12], input);
    if let Some(Part::Linear(last)) = parts.last_mut() {
        last.weight.params = per_tensor(last.weight.params.channels[0]);
    }
    let (_, nbytes) = code.forward(input, parts, array)?;
    let weights = 4 * 2 * 9 + 6 * 4 * 9 + 24 * 7;
    let expected = weights + 4 * (4 + 6 + 1) + 4 * (4 + 6 + 7) + 3 * 16;
    check::equal(message, &nbytes, &expected)
}

fn layers_refuse_their_input(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "what a layer cannot take should be refused with that layer's error";
    let layers = dense(draw, &[5, 8, 3], U8);
    let input = layers[0].input;
    let wrong = tensor(draw, &[2, 6], input);
    let result = code.forward_codes(input, chain(layers.clone()), wrong);
    let start = "QuantizedLinear::accumulate: [2, 6] and [5, 8]: ";
    refused(message, result, "ShapeMismatch", start)?;
    let array = within(draw, &[2, 6], input);
    let result = code.forward(input, chain(layers.clone()), array);
    refused(message, result, "ShapeMismatch", start)?;
    // Codes with other parameters than the first layer's.
    let other = Params { scale: input.scale * 2.0, ..input };
    let codes = tensor(draw, &[2, 5], other);
    let result = code.forward_codes(input, chain(layers.clone()), codes);
    refused(message, result, "BadValue", "QuantizedLinear::accumulate: ")?;
    // A later layer.
    let mut apart = layers;
    apart[1].input.scale *= 2.0;
    let codes = tensor(draw, &[2, 5], input);
    let result = code.forward_codes(input, chain(apart), codes);
    refused(message, result, "BadValue", "QuantizedLinear::accumulate: ")?;
    let (input, parts) = network(draw);
    let codes = tensor(draw, &[2, 1, 11, 12], input);
    let result = code.forward_codes(input, parts, codes);
    let start = "QuantizedConv2d::accumulate: [2, 1, 11, 12] and [4, 2, 3, 3]: ";
    refused(message, result, "ShapeMismatch", start)?;
    let Drawn { input: codes, .. } = linear(draw, [4, 6, 2], U8);
    let parts = vec![Part::MaxPool2d([2, 2], [2, 2])];
    let result = code.forward_codes(codes.params.channels[0], parts, codes.clone());
    refused(message, result, "ShapeMismatch", "max_pool: [4, 6] and [2, 2]: ")
}

fn forward_refuses_what_has_no_code(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "`forward` should refuse NaN, infinity and a tensor without elements as `quantize` does";
    let layers = dense(draw, &[5, 4], U8);
    let input = layers[0].input;
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut array = within(draw, &[2, 5], input);
        array.data.0[draw.int(0..=9)] = bad;
        let result = code.forward(input, chain(layers.clone()), array);
        refused(message, result, "NotFinite", "quantize: the tensor [2, 5]")?;
    }
    let result = code.forward(input, chain(layers), rows(&[0, 5], Vec::new()));
    refused(message, result, "Empty", "quantize: the tensor [0, 5]")
}
