//! Task `fast`: convolutions with packed filters.

use super::conv::PLAIN;
use super::layer_prelude::*;
use crate::contract::Sizes;

cases! { task "fast", client Client;
    /// Stride `1`, no padding.
    packed_filters_convolve;
    /// Around the image is the zero point, for every zero point and both types.
    packed_filters_pad_with_the_zero_point after [packed_filters_convolve];
    /// Stride, down and across apart.
    packed_filters_stride after [packed_filters_convolve];
    /// `1` to `40` filters, `1` to `9` channels, images of all widths, also smaller than a tile.
    packed_filters_take_all_sizes after [packed_filters_convolve];
    /// Kernels of one pixel, kernels as large as the image, windows in the padding alone.
    packed_filters_take_unusual_windows after [packed_filters_pad_with_the_zero_point];
    /// Extreme codes, and the longest sum.
    packed_filters_take_extreme_codes;
    /// Codes that do not fill the images, other filters, and weights with a zero point are refused.
    packed_filters_refuse;
}

/// Convolves codes of the input's scheme; filters and zero point are the layer's.
fn convolves(message: &'static str, code: &mut Client, of: Drawn, window: Window) -> CaseVerdict {
    let Drawn { mut layer, input } = of;
    layer.bias = None;
    let (_, _, sums) = oracle::conv_sums(&layer, window, &input);
    let Params { zero_point, scheme, .. } = layer.input;
    let sizes = sizes(&input, &layer.weight, window);
    let got = code.convolve(layer.weight, input.codes, scheme, zero_point, sizes)?;
    check::equal(message, &wide(&got), &sums)
}

fn sizes(input: &Quantized, weight: &Quantized, window: Window) -> Sizes {
    let [images, filters] =
        [input, weight].map(|of| <[usize; 4]>::try_from(of.shape.as_slice()).expect("four axes"));
    Sizes { images, filters, window }
}

fn packed_filters_convolve(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a sum should be that of (code - zero point) x weight over a window, exactly";
    for _ in 0..3 {
        let channels = draw.int(1..=2) * 4;
        let of = conv(draw, [1, channels, 8, 8], [16, channels, 3, 3], U8);
        convolves(message, code, of, PLAIN)?;
    }
    Ok(())
}

fn packed_filters_pad_with_the_zero_point(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "around an image are codes of the zero point, so that padding adds nothing";
    for scheme in [U8, I8] {
        let (low, high) = oracle::range(scheme);
        for zero_point in [low, high, 0, codes(draw, 1, scheme)[0]] {
            let channels = draw.int(1..=5);
            let filters = draw.int(1..=18);
            let mut of = conv(draw, [2, channels, 5, 6], [filters, channels, 3, 2], scheme);
            of.layer.input.zero_point = zero_point;
            let window = Window { stride: (1, 1), padding: (draw.int(1..=2), draw.int(0..=1)) };
            convolves(message, code, of, window)?;
        }
    }
    Ok(())
}

fn packed_filters_stride(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "stride is (down, across), and padding comes before it";
    for stride in [(2, 2), (1, 2), (2, 1), (3, 5)] {
        let channels = draw.int(1..=5);
        let padding = (draw.int(0..=2), draw.int(0..=2));
        let image = [2, channels, draw.int(5..=9), draw.int(5..=20)];
        let of = conv(draw, image, [5, channels, 3, 3], U8);
        convolves(message, code, of, Window { stride, padding })?;
    }
    Ok(())
}

fn packed_filters_take_all_sizes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "images, channels, filters and widths that are no multiple of a tile should be right, too";
    for channels in 1..=9 {
        let image = [draw.int(1..=3), channels, draw.int(3..=5), draw.int(3..=20)];
        let filters = draw.int(1..=40);
        let filters = [filters, channels, draw.int(1..=3), draw.int(1..=3)];
        let of = conv(draw, image, filters, U8);
        let padding = (draw.int(0..=1), draw.int(0..=1));
        convolves(message, code, of, Window { stride: (1, 1), padding })?;
    }
    // One filter, one channel, one pixel; a wide image; a tall one.
    for (image, filters) in [
        ([1, 1, 1, 1], [1, 1, 1, 1]),
        ([1, 3, 1, 70], [1, 3, 1, 3]),
        ([1, 2, 70, 1], [33, 2, 3, 1]),
        ([5, 1, 3, 3], [17, 1, 3, 3]),
    ] {
        let of = conv(draw, image, filters, U8);
        convolves(message, code, of, PLAIN)?;
    }
    Ok(())
}

fn packed_filters_take_unusual_windows(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "kernels of one pixel or of the whole image, and windows in the padding alone, should be right, too";
    let channels = draw.int(1..=6);
    for (kernel, padding, stride) in [
        ((1, 1), (0, 0), (1, 1)),
        ((1, 1), (2, 3), (2, 1)),
        ((4, 5), (0, 0), (1, 1)),
        ((6, 9), (1, 2), (1, 1)),
        ((2, 3), (4, 5), (1, 2)),
        ((3, 1), (0, 6), (2, 2)),
    ] {
        let filters = draw.int(1..=20);
        let of = conv(draw, [2, channels, 4, 5], [filters, channels, kernel.0, kernel.1], U8);
        convolves(message, code, of, Window { stride, padding })?;
    }
    Ok(())
}

fn packed_filters_take_extreme_codes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "codes of 255 or -128 beside weights of 127 and -127 should be added without saturation, also in the \
                   longest sum";
    for (scheme, codes) in [(U8, 255), (I8, -128)] {
        for weight in [127, -127] {
            let channels = draw.int(1..=9);
            let mut of = conv(draw, [1, channels, 5, 7], [3, channels, 3, 3], scheme);
            of.input.codes.fill(codes);
            of.layer.weight.codes.fill(weight);
            convolves(message, code, of.clone(), Window { stride: (1, 1), padding: (1, 1) })?;
            of.layer.weight.codes = extremes(draw, of.layer.weight.codes.len(), SYMMETRIC);
            of.input.codes = extremes(draw, of.input.codes.len(), scheme);
            convolves(message, code, of, Window { stride: (1, 1), padding: (1, 1) })?;
        }
    }
    let channels = (i32::MAX / (255 * 127)) as usize;
    let mut of = conv(draw, [1, 1, 1, 1], [1, 1, 1, 1], U8);
    of.layer.input.zero_point = 0;
    of.layer.weight.shape[1] = channels;
    of.layer.weight.codes = vec![127; channels];
    of.input.shape[1] = channels;
    of.input.codes = vec![255; channels];
    convolves(message, code, of, PLAIN)
}

fn packed_filters_refuse(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "codes that do not fill the images, other filters than those of the shape, and weights without four axes \
                   or a symmetric scheme should be refused";
    let Drawn { layer, input } = conv(draw, [2, 3, 4, 5], [6, 3, 2, 2], U8);
    let fits = sizes(&input, &layer.weight, PLAIN);
    for length in [119, 121, 60, 0] {
        let result =
            code.convolve(layer.weight.clone(), codes(draw, length, U8), U8, 0, fits.clone());
        let start = format!("PackedFilters::convolve: [{length}] and [2, 3, 4, 5]: ");
        refused(message, result, "ShapeMismatch", &start)?;
    }
    for filters in [[5, 3, 2, 2], [6, 3, 2, 3], [6, 3, 4, 1]] {
        let other = Sizes { filters, ..fits.clone() };
        let result = code.convolve(layer.weight.clone(), input.codes.clone(), U8, 0, other);
        let start = format!("PackedFilters::convolve: [6, 3, 2, 2] and {filters:?}: ");
        refused(message, result, "ShapeMismatch", &start)?;
    }
    for shape in [vec![72], vec![6, 12], vec![6, 3, 2, 2, 1]] {
        let params = per_tensor(layer.weight.params.channels[0]);
        let weight = Quantized { params, shape: shape.clone(), ..layer.weight.clone() };
        let result = code.convolve(weight, input.codes.clone(), U8, 0, fits.clone());
        refused(
            message,
            result,
            "ShapeMismatch",
            &format!("PackedFilters::new: {shape:?} and []: "),
        )?;
    }
    for scheme in [U8, I8] {
        let params = per_tensor(Params { scale: 0.01, zero_point: 0, scheme });
        let weight = Quantized { codes: codes(draw, 72, scheme), params, ..layer.weight.clone() };
        let result = code.convolve(weight, input.codes.clone(), U8, 0, fits.clone());
        refused(message, result, "BadValue", "PackedFilters::new: ")?;
    }
    Ok(())
}
