//! Task `conv`, second part: convolution as a matrix product.

use tinytorch::Tensor;

use super::Window;
use crate::{Matrix, Result};

/// The windows of one image as the columns of a matrix: row `(c * kh + ky) * kw + kx` holds the pixel of channel c
/// under kernel position (ky, kx) for each window, or 0 if that is padding.
///
/// # Shapes
/// `[channels, height, width]` to `[channels * kh * kw, output height * output width]`.
///
/// # Errors
/// Those of [`ConvShape::new`](super::ConvShape::new), of `im2col`, for the image as a batch of one and a weight
/// `[1, channels, kh, kw]`; an image that does not have three axes is a mismatch too.
///
/// # Cost
/// No arithmetic; each pixel is written up to kh kw times.
pub fn im2col(image: &Tensor, kernel: (usize, usize), window: Window) -> Result<Matrix> {
    let _ = (&image, &kernel, &window); // Not used yet: goes with the todo!.
    todo!("find the sizes, then write row after row of the matrix, window by window")
}

/// The same as [`conv2d_naive`](super::conv2d_naive), as one matrix product per image: the filters as rows,
/// `[filters, channels * kh * kw]`, times the columns of [`im2col`].
///
/// # Shapes
/// Those of `conv2d_naive`.
///
/// # Errors
/// Those of [`ConvShape::new`](super::ConvShape::new), of `conv2d_im2col`.
///
/// # Cost
/// The FLOPs of `conv2d_naive` at the speed of `matmul_tiled`. In exchange, up to kh kw times the image's memory is
/// written and read once more.
pub fn conv2d_im2col(input: &Tensor, weight: &Tensor, window: Window) -> Result<Tensor> {
    let _ = (&input, &weight, &window); // Not used yet: goes with the todo!.
    todo!("for each image, multiply the filters with its columns by your tiled kernel")
}
