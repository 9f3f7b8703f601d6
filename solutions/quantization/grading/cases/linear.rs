//! Task `linear`: the sums and the codes of a layer.

use super::layer_prelude::*;

cases! { task "linear", client Client;
    /// The sums are those of plain loops in wide integers, bit for bit.
    linear_sums_are_exact;
    /// Codes of signed and symmetric inputs are what they are, also below `0`.
    linear_takes_signed_inputs after [linear_sums_are_exact];
    /// The zero point is subtracted wherever it is, also at the ends, and for extreme codes.
    linear_subtracts_every_zero_point;
    /// A bias is in units of a sum: the product of both scales.
    linear_rounds_the_bias_to_units after [linear_sums_are_exact];
    /// No bias is zeros.
    linear_takes_no_bias after [linear_sums_are_exact];
    /// Inputs of one axis and of three have their last axis replaced.
    linear_keeps_the_leading_axes after [linear_sums_are_exact];
    /// The output has the codes of exactly requantized sums.
    linear_codes_are_exact after [linear_sums_are_exact];
    /// A weight with one scale for all outputs.
    linear_takes_weights_per_tensor after [linear_codes_are_exact];
    /// An output whose weights are all `0` is its bias.
    linear_takes_a_channel_of_zeros after [linear_codes_are_exact];
    /// Input and output may have different schemes.
    linear_changes_the_scheme after [linear_codes_are_exact];
    /// Outputs outside of the range saturate on both sides.
    linear_saturates after [linear_sums_are_exact];
    /// With `with_relu`, no code is below the zero point; the sums are the same.
    linear_has_a_relu after [linear_codes_are_exact];
    /// Fewer bits: the codes of a byte are not all used.
    linear_takes_fewer_bits after [linear_codes_are_exact];
    /// ONNX Runtime's sums are the same, and its codes, which it rounds in `f32`, at most one off.
    linear_agrees_with_onnx_runtime after [linear_sums_are_exact];
    /// Sums between two codes go upwards, because the layer rounds in integers and not in `f32`.
    linear_rounds_in_integers after [linear_codes_are_exact];
}

/// Sizes of a few rows, inputs and outputs.
fn sizes(draw: &mut Draw) -> [usize; 3] {
    [draw.int(1..=5), draw.int(2..=40), draw.int(2..=20)]
}

fn linear_sums_are_exact(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "a sum should be the codes minus the zero point, times the weights, plus the bias";
    for _ in 0..4 {
        let sizes = sizes(draw);
        linear_sums_agree(message, code, linear(draw, sizes, U8))?;
    }
    linear_sums_agree(message, code, linear(draw, [1, 1, 1], U8))
}

fn linear_takes_signed_inputs(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "codes of a signed scheme are stored as `i8`; they have a zero point like all others";
    for scheme in [I8, SYMMETRIC, I8] {
        let sizes = sizes(draw);
        linear_sums_agree(message, code, linear(draw, sizes, scheme))?;
    }
    Ok(())
}

fn linear_subtracts_every_zero_point(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the zero point of the input should be subtracted from each code, also when it is 0, 255 or -128";
    for scheme in [U8, I8] {
        let (low, high) = oracle::range(scheme);
        for zero_point in [low, high, low + 1, 0, low + 128] {
            let sizes = sizes(draw);
            let Drawn { mut layer, mut input } = linear(draw, sizes, scheme);
            layer.input.zero_point = zero_point;
            input.params = per_tensor(layer.input);
            input.codes = extremes(draw, input.codes.len(), scheme);
            layer.weight.codes = extremes(draw, layer.weight.codes.len(), SYMMETRIC);
            linear_sums_agree(message, code, Drawn { layer, input })?;
        }
    }
    Ok(())
}

fn linear_rounds_the_bias_to_units(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a bias should be divided by input scale times weight scale of its output, and rounded, ties to even";
    let sizes = sizes(draw);
    linear_sums_agree(message, code, linear(draw, sizes, U8))?;
    // Scales are powers of two, so that ties are exact in any order of the operations.
    let halves = [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 0.25, -0.75];
    let Drawn { mut layer, mut input } = linear(draw, [2, 5, halves.len()], U8);
    layer.input.scale = f32::powi(2.0, -(draw.int(3..=6) as i32));
    input.params = per_tensor(layer.input);
    let mut bias = Vec::new();
    for (channel, steps) in layer.weight.params.channels.iter_mut().zip(halves) {
        channel.scale = f32::powi(2.0, -(draw.int(4..=9) as i32));
        bias.push(steps * channel.scale * layer.input.scale);
    }
    layer.bias = Some(Floats(bias));
    linear_sums_agree(message, code, Drawn { layer, input })
}

fn linear_takes_no_bias(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "without a bias, it should be 0 for each output";
    let sizes = sizes(draw);
    let Drawn { mut layer, input } = linear(draw, sizes, U8);
    layer.bias = None;
    let of = Drawn { layer, input };
    linear_sums_agree(message, code, of.clone())?;
    linear_agrees(message, code, of)
}

fn linear_keeps_the_leading_axes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "the output should have the input's shape, with the outputs in place of the last axis";
    let sizes = sizes(draw);
    let inputs = sizes[1];
    let batch = [draw.int(2..=3), draw.int(2..=3)];
    for shape in [vec![inputs], vec![batch[0], batch[1], inputs], vec![1, 1, 2, inputs]] {
        let Drawn { layer, .. } = linear(draw, sizes, U8);
        let input = tensor(draw, &shape, layer.input);
        let of = Drawn { layer, input };
        linear_sums_agree(message, code, of.clone())?;
        linear_agrees(message, code, of)?;
    }
    Ok(())
}

fn linear_codes_are_exact(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each sum should be multiplied, moved by the output's zero point, and saturated";
    for scheme in [U8, U8, I8, SYMMETRIC] {
        let sizes = sizes(draw);
        linear_agrees(message, code, linear(draw, sizes, scheme))?;
    }
    Ok(())
}

fn linear_takes_weights_per_tensor(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a weight with one scale should have it for every output";
    for scheme in [U8, I8] {
        let sizes = sizes(draw);
        let Drawn { mut layer, input } = linear(draw, sizes, scheme);
        layer.weight.params = per_tensor(layer.weight.params.channels[0]);
        let of = Drawn { layer, input };
        linear_sums_agree(message, code, of.clone())?;
        linear_agrees(message, code, of)?;
    }
    Ok(())
}

fn linear_takes_a_channel_of_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an output whose weights are all 0, with scale 1, should be its bias, in units of its own scale";
    let sizes = sizes(draw);
    let outputs = sizes[2];
    let Drawn { mut layer, input } = linear(draw, sizes, U8);
    let zero = draw.int(0..=outputs - 1);
    layer.weight.params.channels[zero].scale = 1.0;
    layer.weight.codes.iter_mut().skip(zero).step_by(outputs).for_each(|code| *code = 0);
    let of = Drawn { layer, input };
    linear_sums_agree(message, code, of.clone())?;
    linear_agrees(message, code, of)
}

fn linear_changes_the_scheme(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "the output should have the scheme, the scale and the zero point that the layer was given";
    for (from, to) in [(U8, I8), (I8, U8), (SYMMETRIC, U8), (U8, SYMMETRIC)] {
        let sizes = sizes(draw);
        let Drawn { mut layer, input } = linear(draw, sizes, from);
        layer.output = params(draw, layer.output.scale.into(), to);
        linear_agrees(message, code, Drawn { layer, input })?;
    }
    Ok(())
}

fn linear_saturates(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an output below the lowest or above the highest code should be that code";
    for scheme in [U8, I8, SYMMETRIC] {
        let sizes = sizes(draw);
        let Drawn { mut layer, input } = linear(draw, sizes, scheme);
        layer.output.scale /= 50.0;
        linear_agrees(message, code, Drawn { layer, input })?;
    }
    Ok(())
}

fn linear_has_a_relu(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a layer `with_relu` should have no code below the zero point of its output, and the same sums";
    for scheme in [U8, I8, SYMMETRIC] {
        let sizes = sizes(draw);
        let Drawn { mut layer, input } = linear(draw, sizes, scheme);
        layer.relu = true;
        let of = Drawn { layer, input };
        linear_sums_agree(message, code, of.clone())?;
        linear_agrees(message, code, of)?;
    }
    Ok(())
}

fn linear_takes_fewer_bits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "codes of 2 to 7 bits should be multiplied and saturated like those of 8";
    for bits in [2, 4, 7] {
        let sizes = sizes(draw);
        let Drawn { mut layer, .. } = linear(draw, sizes, U8);
        layer.input = params(draw, 0.05, Scheme::Unsigned { bits });
        let scale = f64::from(layer.output.scale) * f64::powi(2.0, bits as i32 - 8);
        layer.output = params(draw, scale, Scheme::Signed { bits });
        let scheme = Scheme::Symmetric { bits };
        layer.weight.codes = codes(draw, layer.weight.codes.len(), scheme);
        layer.weight.params.channels.iter_mut().for_each(|channel| channel.scheme = scheme);
        let input = tensor(draw, &sizes[..2], layer.input);
        linear_agrees(message, code, Drawn { layer, input })?;
    }
    Ok(())
}

fn linear_rounds_in_integers(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a sum between two codes should go upwards, as `Multiplier::apply` says: no number is rounded in `f32`";
    for scheme in [U8, I8] {
        let inputs = draw.int(2..=5);
        let mut of = linear(draw, [9, inputs, 6], scheme);
        halve(draw, &mut of);
        linear_agrees(message, code, of)?;
    }
    Ok(())
}

fn linear_agrees_with_onnx_runtime(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "sums should be those of ONNX Runtime, and codes at most one off";
    for of in &some(draw, onnx_runtime::linear()) {
        let sums = code.linear_sums(of.layer.clone(), of.input.clone())?.sums;
        let output = code.linear(of.layer.clone(), of.input.clone())?;
        agrees_with_onnx_runtime(message, of, &sums, &output)?;
    }
    Ok(())
}
