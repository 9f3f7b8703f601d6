//! Task `fast`: packed layers.

use super::layer_prelude::*;

cases! { task "fast", client Client;
    /// A packed linear layer has the same bits as one that is not.
    packed_linear_layers_have_the_same_bits;
    /// A packed convolution has the same bits as one that is not.
    packed_convolutions_have_the_same_bits;
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
