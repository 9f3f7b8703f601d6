//! Task `linear`: sums of 32 bits, and calls that are refused.

use super::layer_prelude::*;

cases! { task "linear", client Client;
    /// The longest sum that fits is exact, at both ends.
    linear_takes_the_longest_sum;
    /// One product more is refused, with the longest length.
    linear_refuses_a_sum_too_long after [linear_takes_the_longest_sum];
    /// The limit depends on the zero point and on the number of bits.
    linear_limit_depends_on_the_codes after [linear_takes_the_longest_sum];
    /// The bias takes its part of the `32` bits.
    linear_limit_depends_on_the_bias after [linear_takes_the_longest_sum];
    /// Weights of another number of axes and biases of another length are refused.
    linear_refuses_shapes;
    /// Weights with a zero point, and channels along the inputs, are refused.
    linear_refuses_weights;
    /// A bias that is NaN or infinite is refused.
    linear_refuses_a_bias_that_is_not_finite;
    /// A multiplier out of range is refused.
    linear_refuses_scales;
    /// Of several mistakes, the first in the documented order is named.
    linear_refuses_in_order
        after [linear_refuses_shapes, linear_refuses_weights, linear_refuses_a_bias_that_is_not_finite];
    /// An input whose last axis does not fit is refused.
    linear_refuses_inputs;
    /// An input with other parameters is refused.
    linear_refuses_other_parameters;
}

const NEW: &str = "QuantizedLinear::new";
const ACCUMULATE: &str = "QuantizedLinear::accumulate";

/// A layer of equal weights and an input of equal codes.
fn constant(draw: &mut Draw, sizes: [usize; 3], input: (i32, Params), weight: i32) -> Drawn {
    let Drawn { mut layer, .. } = linear(draw, [1, 1, sizes[2]], U8);
    layer.weight.shape[0] = sizes[1];
    layer.weight.codes = vec![weight; sizes[1] * sizes[2]];
    layer.bias = None;
    layer.input = input.1;
    let codes = vec![input.0; sizes[0] * sizes[1]];
    let input = Quantized { shape: vec![sizes[0], sizes[1]], codes, params: per_tensor(input.1) };
    Drawn { layer, input }
}

/// Parameters with this zero point.
fn at(zero_point: i32, scheme: Scheme) -> Params {
    Params { scale: 0.125, zero_point, scheme }
}

fn linear_takes_the_longest_sum(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a sum of products of codes that certainly fits into 32 bits should be computed, and be exact";
    let longest = (i32::MAX / (255 * 127)) as usize;
    for weight in [127, -127] {
        let of = constant(draw, [1, longest, 1], (255, at(0, U8)), weight);
        linear_sums_agree(message, code, of)?;
    }
    // The largest products come first: their sum leaves 32 bits unless the zero point is subtracted, or the sums wrap.
    let longest = (i32::MAX / (128 * 127)) as usize;
    let mut of = constant(draw, [1, longest, 1], (255, at(127, U8)), 127);
    of.layer.weight.codes[longest / 3 * 2..].fill(-127);
    linear_sums_agree(message, code, of)
}

fn linear_refuses_a_sum_too_long(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a sum that may exceed 32 bits should be refused by `SumTooLong`";
    let longest = (i32::MAX / (255 * 127)) as usize;
    for (zero_point, scheme) in [(0, U8), (255, U8), (-128, I8), (127, I8)] {
        let beyond = longest + if zero_point == 0 { 1 } else { draw.int(1..=100) };
        let Drawn { layer, input } = constant(draw, [1, beyond, 1], (0, at(zero_point, scheme)), 0);
        let start =
            format!("{NEW}: a sum of {beyond} products may exceed 32 bits: at most {longest} fit");
        refused(message, code.linear_sums(layer, input), "SumTooLong", &start)?;
    }
    Ok(())
}

fn linear_limit_depends_on_the_codes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the longest sum is (2^31 - 1) / (largest distance from the zero point x highest weight), rounded down";
    // Symmetric: 127 from the zero point; in the middle: 128; 4 bits: 15 and 7.
    let zero_point = draw.int(1..=254) as i32;
    let distance = zero_point.max(255 - zero_point);
    for (input, distance) in
        [(at(0, SYMMETRIC), 127), (at(zero_point, U8), distance), (at(-1, I8), 128)]
    {
        let longest = (i32::MAX / (distance * 127)) as usize;
        let Drawn { layer, input: fits } = constant(draw, [1, longest, 1], (1, input), -1);
        linear_sums_agree(message, code, Drawn { layer, input: fits })?;
        let Drawn { layer, input: beyond } = constant(draw, [1, longest + 1, 1], (1, input), 1);
        let start = format!(
            "{NEW}: a sum of {} products may exceed 32 bits: at most {longest} fit",
            longest + 1
        );
        refused(message, code.linear_sums(layer, beyond), "SumTooLong", &start)?;
    }
    // Weights of 4 bits, as many as are too many for 8: the highest is 7.
    let inputs = (i32::MAX / (255 * 127)) as usize + 1;
    let mut of = constant(draw, [1, inputs, 1], (255, at(0, U8)), 7);
    of.layer.weight.params.channels[0].scheme = Scheme::Symmetric { bits: 4 };
    linear_sums_agree(message, code, of)
}

fn linear_limit_depends_on_the_bias(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "products and bias together must fit into 32 bits";
    // 255 x 127 x 127 + 128 x 16,745,084 = 2^31 - 1, and `f32` has each of these numbers.
    let steps = (i32::MAX - 255 * 127 * 127) as f32;
    let of = |draw: &mut Draw, sign: f32, steps: f32| {
        let mut of = constant(draw, [1, 127, 2], (255, at(0, U8)), 127 * sign as i32);
        for channel in &mut of.layer.weight.params.channels {
            channel.scale = 0.25;
        }
        of.layer.bias = Some(Floats(vec![0.0, sign * steps * 0.125 * 0.25]));
        of.layer.output.scale = 1e6;
        of
    };
    for sign in [1.0, -1.0] {
        let fits = of(draw, sign, steps);
        linear_sums_agree(message, code, fits)?;
        for (steps, limit) in [(steps + 128.0, 126), (f32::powi(2.0, 31), 0), (1e38, 0)] {
            let Drawn { layer, input } = of(draw, sign, steps);
            let start =
                format!("{NEW}: a sum of 127 products may exceed 32 bits: at most {limit} fit");
            refused(message, code.linear_sums(layer, input), "SumTooLong", &start)?;
        }
    }
    Ok(())
}

fn linear_refuses_shapes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a weight without two axes, or a bias of another length, should be refused by `ShapeMismatch`";
    let [inputs, outputs] = [draw.int(2..=6), draw.int(7..=9)];
    let with = |draw: &mut Draw, shape: Vec<usize>, bias: Option<usize>| {
        let Drawn { mut layer, input } = linear(draw, [2, inputs, outputs], U8);
        layer.weight.codes = codes(draw, shape.iter().product(), SYMMETRIC);
        layer.weight.params = per_tensor(layer.weight.params.channels[0]);
        layer.weight.shape = shape;
        layer.bias = bias.map(|length| Floats(vec![0.0; length]));
        Drawn { layer, input }
    };
    for bias in [outputs + 1, outputs - 1, inputs, 0, 1] {
        let Drawn { layer, input } = with(draw, vec![inputs, outputs], Some(bias));
        let start = format!("{NEW}: [{inputs}, {outputs}] and [{bias}]: ");
        refused(message, code.linear(layer, input), "ShapeMismatch", &start)?;
    }
    for (shape, bias) in [(vec![outputs], Some(outputs)), (vec![inputs, outputs, 1], None)] {
        let right = bias.map_or(String::new(), |length| length.to_string());
        let start = format!("{NEW}: {shape:?} and [{right}]: ");
        let Drawn { layer, input } = with(draw, shape, bias);
        refused(message, code.linear(layer, input), "ShapeMismatch", &start)?;
    }
    Ok(())
}

fn linear_refuses_weights(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "weights that are not symmetric, or whose channels are not the outputs, should be refused by \
                   `BadValue`";
    let size = draw.int(2..=6);
    for scheme in [U8, I8, Scheme::Signed { bits: 4 }] {
        let Drawn { mut layer, input } = linear(draw, [2, size, size], U8);
        // Even with a zero point of 0.
        layer.weight.params = per_tensor(at(0, scheme));
        layer.weight.codes = codes(draw, size * size, scheme);
        refused(message, code.linear(layer, input), "BadValue", &format!("{NEW}: "))?;
    }
    let Drawn { mut layer, input } = linear(draw, [2, size, size], U8);
    layer.weight.params.granularity = Granularity::PerChannel { axis: 0 };
    refused(message, code.linear(layer, input), "BadValue", &format!("{NEW}: "))
}

fn linear_refuses_a_bias_that_is_not_finite(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "a bias that is NaN or infinite has no integer: it should be refused by `NotFinite`";
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let outputs = draw.int(2..=6);
        let Drawn { mut layer, input } = linear(draw, [2, 3, outputs], U8);
        let at = draw.int(0..=outputs - 1);
        layer.bias.as_mut().expect("a bias was drawn").0[at] = bad;
        let start = format!("{NEW}: the tensor [{outputs}] holds {bad}");
        refused(message, code.linear(layer, input), "NotFinite", &start)?;
    }
    Ok(())
}

fn linear_refuses_scales(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "input scale x weight scale / output scale, out of the range of a `Multiplier`, should be refused";
    for scale in [1e30, 1e-30] {
        let Drawn { mut layer, input } = linear(draw, [2, 3, 4], U8);
        layer.bias = None;
        layer.output.scale = scale;
        refused(message, code.linear(layer, input), "BadValue", "Multiplier::new: ")?;
        // Of one channel only.
        let Drawn { mut layer, input } = linear(draw, [2, 3, 4], U8);
        layer.bias = None;
        layer.weight.params.channels[3].scale = scale;
        refused(message, code.linear(layer, input), "BadValue", "Multiplier::new: ")?;
    }
    Ok(())
}

fn linear_refuses_in_order(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "of several mistakes, the first in the order of the documentation should be returned";
    let Drawn { mut layer, input } = linear(draw, [2, 3, 4], U8);
    // All mistakes at once, then one fewer each time.
    layer.bias = Some(Floats(vec![f32::NAN, 1e38, 0.0, 0.0, 0.0]));
    let channels = layer.weight.params.channels.clone();
    layer.weight.params = per_tensor(at(0, I8));
    layer.output.scale = 2e-38;
    let start = format!("{NEW}: [3, 4] and [5]: ");
    refused(message, code.linear(layer.clone(), input.clone()), "ShapeMismatch", &start)?;
    layer.bias = Some(Floats(vec![f32::NAN, 1e38, 0.0, 0.0]));
    let start = format!("{NEW}: ");
    refused(message, code.linear(layer.clone(), input.clone()), "BadValue", &start)?;
    let granularity = Granularity::PerChannel { axis: 1 };
    layer.weight.params = TensorParams { granularity, channels };
    layer.weight.codes = codes(draw, 12, SYMMETRIC);
    refused(message, code.linear(layer.clone(), input.clone()), "NotFinite", &start)?;
    layer.bias = Some(Floats(vec![0.0, 1e38, 0.0, 0.0]));
    refused(message, code.linear(layer.clone(), input.clone()), "SumTooLong", &start)?;
    layer.bias = None;
    refused(message, code.linear(layer, input), "BadValue", "Multiplier::new: ")
}

fn linear_refuses_inputs(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an input whose last axis has another length than the weight's rows should be refused by \
                   `ShapeMismatch`";
    let [inputs, outputs] = [draw.int(2..=6), draw.int(7..=9)];
    for shape in [vec![3, inputs + 1], vec![inputs, 1], vec![inputs - 1], vec![]] {
        let Drawn { layer, .. } = linear(draw, [2, inputs, outputs], U8);
        let input = tensor(draw, &shape, layer.input);
        let start = format!("{ACCUMULATE}: {shape:?} and [{inputs}, {outputs}]: ");
        let sums = code.linear_sums(layer.clone(), input.clone());
        refused(message, sums, "ShapeMismatch", &start)?;
        refused(message, code.linear(layer, input), "ShapeMismatch", &start)?;
    }
    Ok(())
}

fn linear_refuses_other_parameters(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an input whose codes mean other numbers than the layer was made for should be refused by `BadValue`";
    let Drawn { mut layer, mut input } = linear(draw, [2, 3, 4], U8);
    layer.input.zero_point = draw.int(1..=100) as i32;
    input.codes.iter_mut().for_each(|code| *code = (*code).min(127));
    let expected = layer.input;
    let others = [
        per_tensor(Params { scale: expected.scale * 1.5, ..expected }),
        per_tensor(Params { zero_point: expected.zero_point + 1, ..expected }),
        per_tensor(Params { scheme: I8, ..expected }),
        TensorParams {
            granularity: Granularity::PerChannel { axis: 1 },
            channels: vec![expected; 3],
        },
    ];
    for params in others {
        let input = Quantized { params, ..input.clone() };
        let start = format!("{ACCUMULATE}: ");
        refused(message, code.linear_sums(layer.clone(), input.clone()), "BadValue", &start)?;
        refused(message, code.linear(layer.clone(), input), "BadValue", &start)?;
    }
    Ok(())
}
