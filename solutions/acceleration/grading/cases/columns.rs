//! Task `conv`, only the columns of `im2col`: exactly the pixels, in the right places.

use super::conv::{PLAIN, array, both, padded, strided};
use super::prelude::*;
use crate::oracle::convolution;
use contract::{Array, Window};

cases! { task "conv", client Client;
    /// The windows of an image are the columns of a matrix, channel by channel.
    im2col_lays_windows_out_as_columns;
    /// Padding is zeros in the columns, on all four sides.
    im2col_pads after [im2col_lays_windows_out_as_columns];
    /// Stride skips windows, down and across apart.
    im2col_strides after [im2col_lays_windows_out_as_columns];
    /// Views of images, such as channels last, have the same columns.
    im2col_follows_views after [im2col_lays_windows_out_as_columns];
}

fn columns(
    message: &'static str,
    code: &mut Client,
    image: Array,
    kernel: (usize, usize),
    window: Window,
) -> CaseVerdict {
    let (shape, expected) = convolution::columns(&image, kernel, window);
    let got = code.im2col(image, kernel, window)?;
    check::equal(message, &got.shape, &shape)?;
    check::equal(message, &got.data, &expected)
}

fn image(draw: &mut Draw) -> (Array, (usize, usize)) {
    let shape = [draw.int(1..=3), draw.int(5..=9), draw.int(5..=9)];
    (array(draw, &shape), (draw.int(1..=4), draw.int(1..=4)))
}

fn im2col_lays_windows_out_as_columns(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`im2col`: row (c * kh + ky) * kw + kx should hold, window by window, the pixel of \
                   channel c under (ky, kx)";
    for _ in 0..5 {
        let (image, kernel) = image(draw);
        columns(message, code, image, kernel, PLAIN)?;
    }
    Ok(())
}

fn im2col_pads(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "`im2col` should write 0 where a window looks at padding, above, below, left, right";
    for _ in 0..6 {
        let ((image, kernel), window) = (image(draw), padded(draw));
        columns(message, code, image, kernel, window)?;
    }
    // Padding wider than the kernel gives whole columns of zeros.
    let image = array(draw, &[2, 2, 3]);
    columns(message, code, image, (2, 2), Window { stride: (1, 1), padding: (3, 4) })
}

fn im2col_strides(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`im2col` should move by the stride: (down, across)";
    for _ in 0..4 {
        let ((image, kernel), window) = (image(draw), strided(draw));
        columns(message, code, image, kernel, window)?;
    }
    for _ in 0..8 {
        let ((image, kernel), window) = (image(draw), both(draw));
        columns(message, code, image, kernel, window)?;
    }
    Ok(())
}

fn im2col_follows_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`im2col` should read a permuted image in the order of its axes";
    for axes in [vec![2, 0, 1], vec![0, 2, 1], vec![1, 0, 2]] {
        let shape = [draw.int(5..=8), draw.int(5..=8), draw.int(5..=8)];
        let image = Array { axes, ..array(draw, &shape) };
        columns(message, code, image, (draw.int(1..=3), draw.int(1..=3)), PLAIN)?;
    }
    Ok(())
}
