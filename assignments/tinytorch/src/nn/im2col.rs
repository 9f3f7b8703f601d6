//! Converts an image to a matrix whose columns are its windows, and back.

use std::ops::Range;

use ndarray::Array2;

use super::convolve::Convolution;

/// Writes the windows of an image as columns: row `(c * kh + ky) * kw + kx`
/// holds the pixel of channel `c` under filter position `(ky, kx)`, for each
/// window row by row. Elements in the padding are not written: initialize the
/// buffer with zeros once, and it serves all images of the same size.
///
/// # Shapes
/// Image `[c, h, w]`, columns `[c * kh * kw, oh * ow]` row by row.
pub(super) fn im2col(image: &[f32], conv: &Convolution, columns: &mut Array2<f32>) {
    let stride = conv.window.stride.1;
    for (row, mut windows) in columns.outer_iter_mut().enumerate() {
        let Some(windows) = windows.as_slice_mut() else { continue };
        for line in lines(conv, row) {
            let pixels = &image[line.pixels];
            let target = &mut windows[line.windows];
            if stride == 1 {
                target.copy_from_slice(pixels);
            } else {
                for (value, pixel) in target.iter_mut().zip(pixels.iter().step_by(stride)) {
                    *value = *pixel;
                }
            }
        }
    }
}

/// Adds each element of the columns to the pixel that [`im2col`] took it from.
pub(super) fn col2im(columns: &Array2<f32>, conv: &Convolution, image: &mut [f32]) {
    let stride = conv.window.stride.1;
    for (row, windows) in columns.outer_iter().enumerate() {
        let Some(windows) = windows.to_slice() else { continue };
        for line in lines(conv, row) {
            let pixels = image[line.pixels].iter_mut().step_by(stride);
            for (pixel, value) in pixels.zip(&windows[line.windows]) {
                *pixel += value;
            }
        }
    }
}

/// Adjacent windows, and the pixels that one filter position reads from them:
/// every `stride`-th of the range.
struct WindowLine {
    windows: Range<usize>,
    pixels: Range<usize>,
}

/// The lines of one row of the columns that overlap the image.
fn lines(conv: &Convolution, row: usize) -> impl Iterator<Item = WindowLine> {
    let (kh, kw) = conv.window.kernel;
    let stride = conv.window.stride;
    let padding = conv.window.padding;
    let (height, width) = conv.input;
    let (oh, ow) = conv.output;
    let channel = row / (kh * kw);
    let ky = row / kw % kh;
    let kx = row % kw;
    // The first windows are in the padding on the left; the pixels end before
    // the windows in the padding on the right.
    let first = padding.1.saturating_sub(kx).div_ceil(stride.1);
    let start = (first * stride.1 + kx).saturating_sub(padding.1);
    let count = width.saturating_sub(start).div_ceil(stride.1).min(ow.saturating_sub(first));
    (0..oh).filter_map(move |oy| {
        let y = (oy * stride.0 + ky).checked_sub(padding.0).filter(|&y| y < height && count > 0)?;
        let window = oy * ow + first;
        let pixel = (channel * height + y) * width + start;
        let pixels = pixel..pixel + (count - 1) * stride.1 + 1;
        Some(WindowLine { windows: window..window + count, pixels })
    })
}
