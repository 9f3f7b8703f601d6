//! Task `conv`: sums of 32 bits, and calls that are refused.

use super::conv::PLAIN;
use super::layer_prelude::*;

cases! { task "conv", client Client;
    /// The longest sum that fits is exact; one product more, or a larger bias, is refused.
    conv_limits_the_length_of_a_sum;
    /// Weights of another number of axes and biases of another length are refused.
    conv_refuses_shapes;
    /// Weights with a zero point, channels that are not the filters, a bias without integers, and scales without a
    /// multiplier are refused.
    conv_refuses_weights;
    /// A stride of `0` is refused, after the shapes and before the weights.
    conv_refuses_a_stride_of_zero;
    /// Images that do not fit are refused.
    conv_refuses_images;
    /// An input with other parameters is refused.
    conv_refuses_other_parameters;
}

const NEW: &str = "QuantizedConv2d::new";
const ACCUMULATE: &str = "QuantizedConv2d::accumulate";

/// A convolution of one pixel with all channels, of equal codes and weights.
fn deep(draw: &mut Draw, channels: usize, input: (i32, Params), weight: i32) -> Drawn {
    let mut of = conv(draw, [1, 1, 1, 1], [1, 1, 1, 1], U8);
    of.layer.weight.shape[1] = channels;
    of.layer.weight.codes = vec![weight; channels];
    of.layer.bias = None;
    of.layer.input = input.1;
    of.input.shape[1] = channels;
    of.input.codes = vec![input.0; channels];
    of.input.params = per_tensor(input.1);
    of
}

fn conv_limits_the_length_of_a_sum(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "channels x kernel height x kernel width products should fit into 32 bits, with the bias";
    let mut plain = Params { scale: 0.125, zero_point: 0, scheme: U8 };
    let longest = (i32::MAX / (255 * 127)) as usize;
    for weight in [127, -127] {
        let of = deep(draw, longest, (255, plain), weight);
        conv_sums_agree(message, code, of, PLAIN)?;
    }
    let Drawn { layer, input } = deep(draw, longest + 1, (0, plain), 1);
    let text = |products: usize, limit: usize| {
        format!("{NEW}: a sum of {products} products may exceed 32 bits: at most {limit} fit")
    };
    let sums = code.conv_sums(layer, PLAIN, input);
    refused(message, sums, "SumTooLong", &text(longest + 1, longest))?;
    // The kernel counts, and so does the zero point.
    plain.zero_point = draw.int(1..=127) as i32;
    let longest = (i32::MAX / ((255 - plain.zero_point) * 127)) as usize;
    let Drawn { mut layer, input } = deep(draw, longest / 6 * 6 + 6, (0, plain), 1);
    let products = layer.weight.codes.len();
    layer.weight.shape = vec![1, products / 6, 2, 3];
    let sums = code.conv_sums(layer, PLAIN, input);
    refused(message, sums, "SumTooLong", &text(products, longest))?;
    // A bias as large as all 32 bits.
    let Drawn { mut layer, input } = deep(draw, 6, (0, plain), 1);
    layer.bias = Some(Floats(vec![-1e30]));
    refused(message, code.conv_sums(layer, PLAIN, input), "SumTooLong", &text(6, 0))
}

fn conv_refuses_shapes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a weight without four axes, or a bias of another length, should be refused by `ShapeMismatch`";
    let (filters, channels) = (draw.int(5..=7), draw.int(2..=4));
    for length in [filters + 1, filters - 1, channels, 0] {
        let Drawn { mut layer, input } =
            conv(draw, [1, channels, 4, 4], [filters, channels, 2, 3], U8);
        layer.bias = Some(Floats(vec![0.0; length]));
        let start = format!("{NEW}: [{filters}, {channels}, 2, 3] and [{length}]: ");
        refused(message, code.conv(layer, PLAIN, input), "ShapeMismatch", &start)?;
    }
    for shape in [vec![6, channels], vec![2, 3, channels], vec![1, 1, 2, 3, channels]] {
        let Drawn { mut layer, input } = conv(draw, [1, channels, 4, 4], [6, channels, 1, 1], U8);
        layer.bias = None;
        layer.weight.params = per_tensor(layer.weight.params.channels[0]);
        let start = format!("{NEW}: {shape:?} and []: ");
        layer.weight.shape = shape;
        refused(message, code.conv(layer, PLAIN, input), "ShapeMismatch", &start)?;
    }
    Ok(())
}

fn conv_refuses_weights(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "weights that are not symmetric, channels along another axis than 0, a bias that is not finite and a \
                   multiplier out of range should be refused, as by a linear layer";
    let drawn = |draw: &mut Draw| conv(draw, [1, 3, 4, 4], [3, 3, 2, 2], U8);
    let start = format!("{NEW}: ");
    for scheme in [U8, I8] {
        let Drawn { mut layer, input } = drawn(draw);
        layer.weight.params = per_tensor(Params { scale: 0.01, zero_point: 0, scheme });
        layer.weight.codes = codes(draw, 36, scheme);
        refused(message, code.conv(layer, PLAIN, input), "BadValue", &start)?;
    }
    let Drawn { mut layer, input } = drawn(draw);
    layer.weight.params.granularity = Granularity::PerChannel { axis: 1 };
    refused(message, code.conv(layer, PLAIN, input), "BadValue", &start)?;
    for bad in [f32::NAN, f32::NEG_INFINITY] {
        let Drawn { mut layer, input } = drawn(draw);
        layer.bias = Some(Floats(vec![0.0, bad, 0.0]));
        let start = format!("{NEW}: the tensor [3] holds {bad}");
        refused(message, code.conv(layer, PLAIN, input), "NotFinite", &start)?;
    }
    for scale in [1e30, 1e-30] {
        let Drawn { mut layer, input } = drawn(draw);
        layer.bias = None;
        layer.weight.params.channels[2].scale = scale;
        refused(message, code.conv(layer, PLAIN, input), "BadValue", "Multiplier::new: ")?;
    }
    Ok(())
}

fn conv_refuses_a_stride_of_zero(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a stride of 0 should be refused by `BadValue` when the layer is made, after the shapes and before the \
                   weights";
    for stride in [(0, 1), (1, 0), (0, 0)] {
        let window = Window { stride, padding: (0, 0) };
        let Drawn { mut layer, input } = conv(draw, [1, 2, 4, 4], [3, 2, 2, 2], U8);
        layer.bias = Some(Floats(vec![f32::NAN; 3]));
        let start = format!("{NEW}: ");
        refused(message, code.conv(layer.clone(), window, input.clone()), "BadValue", &start)?;
        layer.bias = Some(Floats(vec![0.0]));
        refused(message, code.conv(layer, window, input), "ShapeMismatch", &start)?;
    }
    Ok(())
}

fn conv_refuses_images(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "images with other channels, smaller than the kernel, or without four axes should be refused by \
                   `ShapeMismatch`";
    let (channels, size) = (draw.int(2..=4), draw.int(3..=5));
    let shapes = [
        vec![1, channels + 1, size, size],
        vec![1, channels, 2, size],
        vec![1, channels, size, 1],
        vec![channels, size, size],
    ];
    for shape in shapes {
        let Drawn { layer, .. } = conv(draw, [1, 1, 1, 1], [2, channels, 3, 2], U8);
        let input = tensor(draw, &shape, layer.input);
        let start = format!("{ACCUMULATE}: {shape:?} and [2, {channels}, 3, 2]: ");
        let sums = code.conv_sums(layer.clone(), PLAIN, input.clone());
        refused(message, sums, "ShapeMismatch", &start)?;
        refused(message, code.conv(layer, PLAIN, input), "ShapeMismatch", &start)?;
    }
    Ok(())
}

fn conv_refuses_other_parameters(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an input whose codes mean other numbers than the layer was made for should be refused by `BadValue`";
    let Drawn { mut layer, mut input } = conv(draw, [2, 2, 3, 3], [2, 2, 2, 2], U8);
    layer.input.zero_point = draw.int(1..=100) as i32;
    input.codes.iter_mut().for_each(|code| *code = (*code).min(127));
    let expected = layer.input;
    let others = [
        per_tensor(Params { scale: expected.scale * 1.5, ..expected }),
        per_tensor(Params { zero_point: expected.zero_point + 1, ..expected }),
        per_tensor(Params { scheme: I8, ..expected }),
        TensorParams {
            granularity: Granularity::PerChannel { axis: 1 },
            channels: vec![expected; 2],
        },
    ];
    for params in others {
        let input = Quantized { params, ..input.clone() };
        let start = format!("{ACCUMULATE}: ");
        let sums = code.conv_sums(layer.clone(), PLAIN, input.clone());
        refused(message, sums, "BadValue", &start)?;
        refused(message, code.conv(layer.clone(), PLAIN, input), "BadValue", &start)?;
    }
    Ok(())
}
