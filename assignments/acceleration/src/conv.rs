//! Task `conv`: convolution from its definition, and as a matrix product.

mod im2col;
mod shape;

use tinytorch::Tensor;

use crate::Result;
pub use im2col::{conv2d_im2col, im2col};
pub use shape::{ConvShape, Window};

/// The convolution from its definition: output element (image, filter, oy, ox) is the sum, over
/// channels and kernel positions (ky, kx), of the weight times the pixel under it, in row
/// `oy * stride + ky - padding` and the corresponding column. Pixels outside the image are 0. As usual
/// in deep learning, the filter is not flipped.
///
/// Tensors may be views: a permuted tensor has no [`Tensor::as_slice`].
///
/// # Shapes
/// `[images, channels, height, width]` and `[filters, channels, kh, kw]` to `[images, filters, output
/// height, output width]`; see [`ConvShape`].
///
/// # Errors
/// Those of [`ConvShape::new`], of `conv2d_naive`.
///
/// # Cost
/// 2 FLOPs for each of images x filters x output height x output width x channels x kh x kw.
pub fn conv2d_naive(input: &Tensor, weight: &Tensor, window: Window) -> Result<Tensor> {
    let _ = (&input, &weight, &window); // Not used yet: goes with the todo!.
    todo!("find the sizes, then sum up each element of the output in turn")
}
