//! From an image to a matrix whose columns are its windows.

use ndarray::{ArrayView1, ArrayView3, s};

use super::window::Window;

/// Writes the windows of an image as columns: row `(c * kh + ky) * kw + kx`
/// holds, for each window row by row, the pixel of channel `c` that lies under
/// filter position `(ky, kx)`. Where that is in the padding, the column stays as
/// it is: zeros once, and the same buffer serves all images of the same size.
///
/// # Shapes
/// Image `[c, h, w]`, columns `[c * kh * kw, oh * ow]` row by row.
pub(super) fn im2col(
    image: &ArrayView3<'_, f32>,
    window: &Window,
    (oh, ow): (usize, usize),
    columns: &mut [f32],
) {
    let (kh, kw) = window.kernel;
    for (row, windows) in columns.chunks_exact_mut(oh * ow).enumerate() {
        let (channel, ky, kx) = (row / (kh * kw), row / kw % kh, row % kw);
        for (oy, target) in windows.chunks_exact_mut(ow).enumerate() {
            let y = (oy * window.stride.0 + ky).checked_sub(window.padding.0);
            if let Some(y) = y.filter(|&y| y < image.dim().1) {
                copy_line(&image.slice(s![channel, y, ..]), window, kx, target);
            }
        }
    }
}

/// One line of windows: every `stride`-th pixel from `kx - padding` on.
fn copy_line(line: &ArrayView1<'_, f32>, window: &Window, kx: usize, target: &mut [f32]) {
    let (stride, padding) = (window.stride.1, window.padding.1);
    // The first windows lie in the padding on the left; the pixels run out
    // before those that lie in the padding on the right.
    let first = padding.saturating_sub(kx).div_ceil(stride);
    let start = (first * stride + kx).saturating_sub(padding);
    let pixels = line.iter().skip(start).step_by(stride);
    for (value, pixel) in target.iter_mut().skip(first).zip(pixels) {
        *value = *pixel;
    }
}
