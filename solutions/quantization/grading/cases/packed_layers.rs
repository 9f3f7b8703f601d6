//! Task `fast`: packed layers.

use super::layer_prelude::*;

cases! { task "fast", client Client;
    /// A packed linear layer has the same bits as one that is not.
    packed_linear_layers_have_the_same_bits;
    /// A packed convolution has the same bits as one that is not.
    packed_convolutions_have_the_same_bits;
    /// A packed layer saturates on both sides, in every scheme of the output.
    packed_layers_change_the_scheme_and_saturate;
    /// A packed layer refuses the inputs that one that is not packed refuses, by the same errors.
    packed_layers_refuse_inputs;
}

fn packed_linear_layers_have_the_same_bits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "a layer after `packed()` should have the same sums, bias included, and the same codes";
    for scheme in [U8, I8, SYMMETRIC] {
        let sizes = [draw.int(1..=9), draw.int(1..=50), draw.int(1..=40)];
        let mut of = linear(draw, sizes, scheme);
        of.layer.packed = true;
        of.layer.relu = draw.int(0..=1) == 1;
        linear_sums_agree(message, code, of.clone())?;
        linear_agrees(message, code, of)?;
    }
    Ok(())
}

fn packed_convolutions_have_the_same_bits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a convolution after `packed()` should have the same sums, bias included, and the same codes";
    for scheme in [U8, I8, SYMMETRIC] {
        let channels = draw.int(1..=5);
        let filters = [draw.int(1..=20), channels, 3, 2];
        let mut of = conv(draw, [2, channels, 6, 7], filters, scheme);
        of.layer.packed = true;
        of.layer.relu = draw.int(0..=1) == 1;
        let stride = (draw.int(1..=2), draw.int(1..=2));
        let window = Window { stride, padding: (draw.int(0..=2), draw.int(0..=2)) };
        conv_sums_agree(message, code, of.clone(), window)?;
        conv_agrees(message, code, of, window)?;
    }
    Ok(())
}

fn packed_layers_change_the_scheme_and_saturate(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an output of a packed layer should have the codes of its scheme only, whatever that of the input is";
    let few = Scheme::Symmetric { bits: 4 };
    for (from, to) in [(U8, I8), (I8, U8), (SYMMETRIC, U8), (U8, SYMMETRIC), (I8, few)] {
        let sizes = [draw.int(1..=9), draw.int(1..=50), draw.int(1..=40)];
        let mut of = linear(draw, sizes, from);
        of.layer.packed = true;
        let scale = f64::from(of.layer.output.scale) / 10.0;
        of.layer.output = params(draw, scale, to);
        linear_agrees(message, code, of)?;
        let filters = [draw.int(1..=20), 3, 3, 2];
        let mut of = conv(draw, [2, 3, 6, 7], filters, from);
        of.layer.packed = true;
        let scale = f64::from(of.layer.output.scale) / 10.0;
        of.layer.output = params(draw, scale, to);
        conv_agrees(message, code, of, Window { stride: (1, 1), padding: (1, 1) })?;
    }
    Ok(())
}

fn packed_layers_refuse_inputs(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a packed layer should refuse inputs of another shape or with other parameters, as before it was packed";
    let Drawn { mut layer, input } = linear(draw, [2, 5, 6], U8);
    layer.packed = true;
    let start = "QuantizedLinear::accumulate: ";
    let wide = tensor(draw, &[5, 4], layer.input);
    let named = format!("{start}[5, 4] and [5, 6]: ");
    refused(message, code.linear_sums(layer.clone(), wide.clone()), "ShapeMismatch", &named)?;
    refused(message, code.linear(layer.clone(), wide), "ShapeMismatch", &named)?;
    layer.input.zero_point ^= 1;
    refused(message, code.linear_sums(layer.clone(), input.clone()), "BadValue", start)?;
    refused(message, code.linear(layer, input), "BadValue", start)?;
    let Drawn { mut layer, input } = conv(draw, [2, 3, 4, 4], [5, 3, 2, 2], U8);
    layer.packed = true;
    let window = Window { stride: (1, 1), padding: (0, 0) };
    let start = "QuantizedConv2d::accumulate: ";
    let deep = tensor(draw, &[2, 4, 4, 3], layer.input);
    let named = format!("{start}[2, 4, 4, 3] and [5, 3, 2, 2]: ");
    refused(message, code.conv_sums(layer.clone(), window, deep.clone()), "ShapeMismatch", &named)?;
    refused(message, code.conv(layer.clone(), window, deep), "ShapeMismatch", &named)?;
    layer.input.zero_point ^= 1;
    refused(message, code.conv_sums(layer.clone(), window, input.clone()), "BadValue", start)?;
    refused(message, code.conv(layer, window, input), "BadValue", start)
}
