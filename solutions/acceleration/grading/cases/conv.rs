//! Task `conv`.

use super::prelude::*;
use super::rungs::names_both;
use crate::oracle::convolution;
use contract::{Array, Window};

cases! { task "conv", client Client;
    /// By its definition: without padding, a window at every position, the filter not flipped.
    conv_naive_sums_every_window;
    /// By its definition: padding adds zeros on both sides, down and across apart.
    conv_naive_pads after [conv_naive_sums_every_window];
    /// By its definition: stride skips positions, down and across apart.
    conv_naive_strides after [conv_naive_sums_every_window];
    /// By its definition: batches, channels, filters, kernels of any height and width.
    conv_naive_takes_all_sizes after [conv_naive_pads, conv_naive_strides];
    /// As a product: the same as the definition.
    conv_im2col_agrees_with_the_definition;
    /// As a product: padding and stride, down and across apart.
    conv_im2col_pads_and_strides after [conv_im2col_agrees_with_the_definition];
    /// As a product: every image of a batch, with padding that no image before has touched.
    conv_im2col_takes_batches after [conv_im2col_agrees_with_the_definition];
    /// Both follow views, such as channels last.
    conv_follows_views after [conv_naive_sums_every_window, conv_im2col_agrees_with_the_definition];
    /// Both keep NaN and infinity in the windows that see them, and in no other.
    conv_keeps_what_is_not_finite
        after [conv_naive_sums_every_window, conv_im2col_agrees_with_the_definition];
    /// Both take a kernel as large as the image, kernels of one pixel, and batches of no image.
    conv_takes_extremes
        after [conv_naive_sums_every_window, conv_im2col_agrees_with_the_definition];
    /// Channels that differ, too few axes and kernels that do not fit are refused, by name.
    conv_refuses_a_mismatch;
    /// A stride of `0` is refused.
    conv_refuses_a_stride_of_zero;
}

pub(super) const PLAIN: Window = Window { stride: (1, 1), padding: (0, 0) };

pub(super) fn array(draw: &mut Draw, shape: &[usize]) -> Array {
    let data = normals(draw, shape.iter().product());
    Array { shape: shape.to_vec(), data: Floats(data), axes: Vec::new() }
}

/// One of the two implementations.
type Way<'a> = &'a dyn Fn(&mut Client, Array, Array, Window) -> Reply<Array>;

const NAIVE: Way<'static> = &|code, input, weight, window| code.conv2d_naive(input, weight, window);
const IM2COL: Way<'static> =
    &|code, input, weight, window| code.conv2d_im2col(input, weight, window);

fn convolves(
    message: &'static str,
    way: Way<'_>,
    code: &mut Client,
    (input, weight): (Array, Array),
    window: Window,
) -> CaseVerdict {
    let (shape, expected) = convolution::convolve(&input, &weight, window);
    let terms = weight.shape.iter().product::<usize>();
    let got = way(code, input, weight, window)?;
    check::equal(message, &got.shape, &shape)?;
    product::elements_agree(message, &got.data.0, &expected, terms)
}

/// Operands of small, odd sizes.
fn operands(draw: &mut Draw) -> (Array, Array) {
    let (images, channels, filters) = (draw.int(1..=2), draw.int(1..=3), draw.int(1..=4));
    let image = (draw.int(6..=11), draw.int(6..=11));
    let kernel = (draw.int(1..=4), draw.int(1..=4));
    let input = array(draw, &[images, channels, image.0, image.1]);
    (input, array(draw, &[filters, channels, kernel.0, kernel.1]))
}

fn conv_naive_sums_every_window(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`conv2d_naive` should sum weight times pixel over channels and kernel, the filter \
                   not flipped, at every position";
    for _ in 0..6 {
        let operands = operands(draw);
        convolves(message, NAIVE, code, operands, PLAIN)?;
    }
    Ok(())
}

pub(super) fn padded(draw: &mut Draw) -> Window {
    Window { stride: (1, 1), padding: (draw.int(0..=1), draw.int(2..=3)) }
}

pub(super) fn strided(draw: &mut Draw) -> Window {
    Window { stride: (draw.int(2..=3), draw.int(4..=5)), padding: (0, 0) }
}

pub(super) fn both(draw: &mut Draw) -> Window {
    let stride = (draw.int(1..=3), draw.int(1..=3));
    Window { stride, padding: (draw.int(0..=3), draw.int(0..=3)) }
}

fn conv_naive_pads(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`conv2d_naive` should take what lies outside of the image as 0: padding is \
                   (down, across), on both sides";
    for _ in 0..4 {
        let (operands, window) = (operands(draw), padded(draw));
        convolves(message, NAIVE, code, operands, window)?;
    }
    Ok(())
}

fn conv_naive_strides(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`conv2d_naive` should move by the stride: (down, across)";
    for _ in 0..4 {
        let (operands, window) = (operands(draw), strided(draw));
        convolves(message, NAIVE, code, operands, window)?;
    }
    Ok(())
}

fn conv_naive_takes_all_sizes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`conv2d_naive` should be right for every size, stride and padding together";
    for _ in 0..10 {
        let (operands, window) = (operands(draw), both(draw));
        convolves(message, NAIVE, code, operands, window)?;
    }
    Ok(())
}

fn conv_im2col_agrees_with_the_definition(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`conv2d_im2col` should be the filters, as rows, times the columns of `im2col`";
    for _ in 0..6 {
        let operands = operands(draw);
        convolves(message, IM2COL, code, operands, PLAIN)?;
    }
    Ok(())
}

pub fn conv_im2col_pads_and_strides(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`conv2d_im2col` should be right for every stride and padding";
    for kind in [padded, strided, both, both, both] {
        for _ in 0..3 {
            let (operands, window) = (operands(draw), kind(draw));
            convolves(message, IM2COL, code, operands, window)?;
        }
    }
    Ok(())
}

pub fn conv_im2col_takes_batches(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`conv2d_im2col` should compute every image of a batch from its own pixels";
    for window in [PLAIN, both(draw)] {
        let (images, channels, filters) = (draw.int(3..=5), draw.int(1..=3), draw.int(1..=3));
        let input = array(draw, &[images, channels, 7, 6]);
        let weight = array(draw, &[filters, channels, 3, 2]);
        convolves(message, IM2COL, code, (input, weight), window)?;
    }
    Ok(())
}

fn conv_follows_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a convolution should read permuted tensors in the order of their axes";
    for way in [NAIVE, IM2COL] {
        let (channels, window) = (draw.int(2..=3), both(draw));
        // Channels last, viewed as channels first; filters with a transposed kernel.
        let input = array(draw, &[2, 7, 8, channels]);
        let input = Array { axes: vec![0, 3, 1, 2], ..input };
        let weight = Array { axes: vec![0, 1, 3, 2], ..array(draw, &[3, channels, 2, 3]) };
        convolves(message, way, code, (input, weight), window)?;
    }
    Ok(())
}

fn conv_keeps_what_is_not_finite(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "NaN and infinity in a pixel should reach every window that sees it, also where \
                   the weight is 0, and no other window";
    for way in [NAIVE, IM2COL] {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let (mut input, mut weight) = operands(draw);
            let at = draw.int(0..=input.data.0.len() - 1);
            input.data.0[at] = bad;
            let at = draw.int(0..=weight.data.0.len() - 1);
            weight.data.0[at] = 0.0;
            let window = both(draw);
            convolves(message, way, code, (input, weight), window)?;
        }
    }
    Ok(())
}

fn conv_takes_extremes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a kernel as large as the padded image has one window; a kernel of one pixel mixes \
                   channels; a batch of no image, and no filters, have no output";
    for way in [NAIVE, IM2COL] {
        let fits = (array(draw, &[1, 2, 5, 4]), array(draw, &[2, 2, 7, 4]));
        convolves(message, way, code, fits, Window { stride: (2, 3), padding: (1, 0) })?;
        let pixel = (array(draw, &[2, 3, 4, 5]), array(draw, &[2, 3, 1, 1]));
        convolves(message, way, code, pixel, PLAIN)?;
        let no_image = (array(draw, &[0, 2, 5, 4]), array(draw, &[2, 2, 3, 3]));
        convolves(message, way, code, no_image, PLAIN)?;
        let no_filter = (array(draw, &[2, 2, 5, 4]), array(draw, &[0, 2, 3, 3]));
        convolves(message, way, code, no_filter, PLAIN)?;
    }
    Ok(())
}

fn conv_refuses_a_mismatch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (channels, size) = (draw.int(1..=4), draw.int(4..=7));
    let image = [1, channels, size, size];
    let wrong: [(&[usize], &[usize]); 4] = [
        (&image, &[2, channels + 1, 3, 3]),
        (&image, &[2, channels, size + 1, 1]),
        (&image, &[2, channels, 1, size + 1]),
        (&[channels, size, size], &[2, channels, 3, 3]),
    ];
    for (way, name) in [(NAIVE, "conv2d_naive"), (IM2COL, "conv2d_im2col")] {
        for (input, weight) in wrong {
            let result = way(code, array(draw, input), array(draw, weight), PLAIN);
            names_both("ShapeMismatch", name, [input, weight], result)?;
        }
    }
    let image = array(draw, &[channels, size, size]);
    let message = "`im2col` should refuse a kernel that exceeds the image by `ShapeMismatch`";
    check::returns_error(message, code.im2col(image, (size + 1, 1), PLAIN), "ShapeMismatch")?;
    let image = array(draw, &[1, channels, size, size]);
    let message = "`im2col` takes one image, [channels, height, width]";
    check::returns_error(message, code.im2col(image, (2, 2), PLAIN), "ShapeMismatch")
}

fn conv_refuses_a_stride_of_zero(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a stride of 0 should be `BadWindow`";
    for stride in [(0, 1), (1, 0)] {
        let window = Window { stride, padding: (0, 0) };
        for way in [NAIVE, IM2COL] {
            let (input, weight) = operands(draw);
            check::returns_error(message, way(code, input, weight, window), "BadWindow")?;
        }
        let (image, kernel) = (array(draw, &[2, 6, 7]), (2, 3));
        check::returns_error(message, code.im2col(image, kernel, window), "BadWindow")?;
    }
    Ok(())
}
