//! Task `conv`: the sums and the codes of a layer.

use super::layer_prelude::*;

cases! { task "conv", client Client;
    /// The sums of every window are those of plain loops, bit for bit; the filter is not flipped.
    conv_sums_are_exact;
    /// Around the image is the zero point, whatever it is; padding down and across apart.
    conv_pads_with_the_zero_point after [conv_sums_are_exact];
    /// Stride skips positions, down and across apart.
    conv_strides after [conv_sums_are_exact];
    /// A window that sees padding alone has the bias as its sum.
    conv_takes_more_padding_than_kernel after [conv_pads_with_the_zero_point];
    /// Batches, channels and filters of all sizes.
    conv_takes_all_sizes after [conv_sums_are_exact];
    /// Kernels of one pixel, and as large as the image.
    conv_takes_small_and_large_kernels after [conv_sums_are_exact];
    /// Signed and symmetric inputs, with the zero point around them.
    conv_takes_signed_inputs after [conv_pads_with_the_zero_point];
    /// A bias is in units of its filter's sum; no bias is zeros.
    conv_rounds_the_bias_to_units after [conv_sums_are_exact];
    /// The output has the codes of exactly requantized sums, with the multiplier of their filter.
    conv_codes_are_exact after [conv_sums_are_exact];
    /// A weight with one scale for all filters, and a filter of zeros.
    conv_takes_weights_per_tensor after [conv_codes_are_exact];
    /// Input and output may have different schemes; codes saturate on both sides.
    conv_changes_the_scheme_and_saturates after [conv_codes_are_exact];
    /// With `with_relu`, no code is below the zero point; the sums are the same.
    conv_has_a_relu after [conv_codes_are_exact];
    /// ONNX Runtime's sums are the same, and its codes, which it rounds in `f32`, at most one off.
    conv_agrees_with_onnx_runtime after [conv_sums_are_exact];
    /// Sums between two codes go upwards, because the layer rounds in integers and not in `f32`.
    conv_rounds_in_integers after [conv_codes_are_exact];
}

pub(super) const PLAIN: Window = Window { stride: (1, 1), padding: (0, 0) };

/// Images and filters of small, odd sizes.
fn sizes(draw: &mut Draw) -> ([usize; 4], [usize; 4]) {
    let (channels, filters) = (draw.int(2..=3), draw.int(2..=4));
    let image = (draw.int(4..=7), draw.int(4..=7));
    let kernel = (draw.int(2..=3), draw.int(2..=4));
    ([1, channels, image.0, image.1], [filters, channels, kernel.0, kernel.1])
}

fn drawn(draw: &mut Draw, scheme: Scheme) -> Drawn {
    let (images, filters) = sizes(draw);
    conv(draw, images, filters, scheme)
}

fn padded(draw: &mut Draw) -> Window {
    Window { stride: (1, 1), padding: *draw.pick(&[(0, 1), (1, 0)]) }
}

fn conv_sums_are_exact(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a sum should be the codes of its window minus the zero point, times the weights, plus the bias";
    for _ in 0..4 {
        let of = drawn(draw, U8);
        conv_sums_agree(message, code, of, PLAIN)?;
    }
    Ok(())
}

fn conv_pads_with_the_zero_point(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a pixel outside of the image stands for 0: its code is the zero point; padding is (down, across), on \
                   both sides";
    for zero_point in [0, 255, 128, draw.int(1..=254) as i32] {
        let mut of = drawn(draw, U8);
        of.layer.input.zero_point = zero_point;
        of.input.params = per_tensor(of.layer.input);
        let window = padded(draw);
        conv_sums_agree(message, code, of.clone(), window)?;
        conv_agrees(message, code, of, window)?;
    }
    Ok(())
}

fn conv_strides(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "stride is (down, across): every so many rows and columns, a window starts";
    for stride in [(2, 1), (1, 3), (2, 3), (9, 9)] {
        let padding = (draw.int(0..=2), draw.int(0..=2));
        let of = drawn(draw, U8);
        conv_sums_agree(message, code, of.clone(), Window { stride, padding })?;
        conv_agrees(message, code, of, Window { stride, padding })?;
    }
    Ok(())
}

fn conv_takes_more_padding_than_kernel(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a window in the padding sees zeros only: its sum is the bias";
    for padding in [(4, 5), (5, 0), (0, 6)] {
        let of = drawn(draw, U8);
        let stride = (draw.int(1..=2), draw.int(1..=2));
        conv_sums_agree(message, code, of.clone(), Window { stride, padding })?;
        conv_agrees(message, code, of, Window { stride, padding })?;
    }
    // The kernel exceeds the image, but not the padded image.
    let of = conv(draw, [1, 2, 2, 1], [2, 2, 3, 4], U8);
    conv_sums_agree(message, code, of, Window { stride: (1, 1), padding: (1, 2) })
}

fn conv_takes_all_sizes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "every image, channel and filter should be computed, in the order of the axes";
    for (images, channels, filters) in [(3, 1, 1), (1, 5, 1), (1, 1, 7), (2, 4, 3)] {
        let image = [images, channels, draw.int(4..=6), draw.int(7..=9)];
        let weight = [filters, channels, draw.int(1..=3), draw.int(1..=4)];
        let of = conv(draw, image, weight, U8);
        let window = padded(draw);
        conv_sums_agree(message, code, of.clone(), window)?;
        conv_agrees(message, code, of, window)?;
    }
    Ok(())
}

fn conv_takes_small_and_large_kernels(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "a kernel of one pixel mixes channels; a kernel as large as the image has one window";
    let (h, w) = (draw.int(2..=6), draw.int(2..=6));
    for (kernel, padding) in [((1, 1), (0, 0)), ((h, w), (0, 0)), ((h + 2, w + 4), (1, 2))] {
        let channels = draw.int(1..=4);
        let of = conv(draw, [2, channels, h, w], [3, channels, kernel.0, kernel.1], U8);
        conv_sums_agree(message, code, of.clone(), Window { stride: (1, 1), padding })?;
        conv_agrees(message, code, of, Window { stride: (2, 3), padding })?;
    }
    Ok(())
}

fn conv_takes_signed_inputs(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "codes of a signed scheme are stored as `i8`; the zero point around an image may be below 0";
    for (scheme, zero_point) in [(I8, -128), (I8, 127), (I8, -5), (SYMMETRIC, 0)] {
        let mut of = drawn(draw, scheme);
        of.layer.input.zero_point = zero_point;
        of.input.params = per_tensor(of.layer.input);
        of.input.codes = extremes(draw, of.input.codes.len(), scheme);
        let window = padded(draw);
        conv_sums_agree(message, code, of.clone(), window)?;
        conv_agrees(message, code, of, window)?;
    }
    Ok(())
}

fn conv_rounds_the_bias_to_units(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a bias should be divided by input scale times weight scale of its filter, and rounded, ties to even; no \
                   bias is zeros";
    let mut without = drawn(draw, U8);
    without.layer.bias = None;
    conv_sums_agree(message, code, without, PLAIN)?;
    // Scales are powers of two, so that ties are exact in any order of the operations.
    let halves = [-2.5, -1.5, 0.5, 1.5, 0.25, -0.75];
    let mut of = conv(draw, [1, 2, 4, 5], [halves.len(), 2, 2, 3], U8);
    of.layer.input.scale = f32::powi(2.0, -(draw.int(3..=6) as i32));
    of.input.params = per_tensor(of.layer.input);
    let mut bias = Vec::new();
    for (channel, steps) in of.layer.weight.params.channels.iter_mut().zip(halves) {
        channel.scale = f32::powi(2.0, -(draw.int(4..=9) as i32));
        bias.push(steps * channel.scale * of.layer.input.scale);
    }
    of.layer.bias = Some(Floats(bias));
    conv_sums_agree(message, code, of, PLAIN)
}

fn conv_codes_are_exact(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each sum should be multiplied with its filter's multiplier, moved by the output's zero point, and \
                   saturated";
    for scheme in [U8, U8, I8] {
        let of = drawn(draw, scheme);
        conv_agrees(message, code, of, PLAIN)?;
    }
    Ok(())
}

fn conv_takes_weights_per_tensor(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "a weight with one scale should have it for every filter; a filter of zeros gives its bias";
    let mut of = drawn(draw, U8);
    of.layer.weight.params = per_tensor(of.layer.weight.params.channels[0]);
    conv_sums_agree(message, code, of.clone(), PLAIN)?;
    conv_agrees(message, code, of, PLAIN)?;
    let mut of = drawn(draw, U8);
    let products = of.layer.weight.shape[1..].iter().product();
    of.layer.weight.codes[..products].fill(0);
    of.layer.weight.params.channels[0].scale = 1.0;
    conv_sums_agree(message, code, of.clone(), PLAIN)?;
    conv_agrees(message, code, of, PLAIN)
}

fn conv_changes_the_scheme_and_saturates(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the output should have the parameters that the layer was given, and codes of its scheme only";
    for (from, to) in [(U8, I8), (I8, U8), (SYMMETRIC, U8), (U8, SYMMETRIC)] {
        let mut of = drawn(draw, from);
        let scale = f64::from(of.layer.output.scale) / 10.0;
        of.layer.output = params(draw, scale, to);
        let window = padded(draw);
        conv_agrees(message, code, of, window)?;
    }
    Ok(())
}

fn conv_has_a_relu(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a convolution `with_relu` should have no code below the zero point of its output, and the same sums";
    for scheme in [U8, I8, SYMMETRIC] {
        let mut of = drawn(draw, scheme);
        of.layer.relu = true;
        let window = padded(draw);
        conv_sums_agree(message, code, of.clone(), window)?;
        conv_agrees(message, code, of, window)?;
    }
    Ok(())
}

fn conv_rounds_in_integers(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a sum between two codes should go upwards, as `Multiplier::apply` says: no number is rounded in `f32`";
    for scheme in [U8, I8] {
        let mut of = conv(draw, [1, 1, 6, 7], [4, 1, 1, 2], scheme);
        halve(draw, &mut of);
        conv_agrees(message, code, of, PLAIN)?;
    }
    Ok(())
}

fn conv_agrees_with_onnx_runtime(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "sums should be those of ONNX Runtime, and codes at most one off";
    for of in &some(draw, onnx_runtime::convolutions()) {
        let sums = code.conv_sums(of.layer.clone(), of.window, of.input.clone())?.sums;
        let output = code.conv(of.layer.clone(), of.window, of.input.clone())?;
        agrees_with_onnx_runtime(message, of, &sums, &output)?;
    }
    Ok(())
}
