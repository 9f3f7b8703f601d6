//! Task `conv`: convolution from its definition, and as a matrix product.

mod im2col;
mod shape;

use tinytorch::Tensor;

// BEGIN SOLUTION: -
use crate::matrix::elements;
// END SOLUTION
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
    // BEGIN SOLUTION: find the sizes, then sum up each element of the output in turn
    let shape = ConvShape::new("conv2d_naive", input.shape(), weight.shape(), window)?;
    let input = elements(input);
    let weight = elements(weight);
    let pixels = shape.channels * shape.image.0 * shape.image.1;
    let mut output = Vec::with_capacity(shape.output_shape().iter().product());
    for image in 0..shape.images {
        let image = &input[image * pixels..][..pixels];
        for filter in 0..shape.filters {
            let filter = &weight[filter * shape.filter_len()..][..shape.filter_len()];
            for oy in 0..shape.output.0 {
                for ox in 0..shape.output.1 {
                    output.push(window_sum(&shape, image, filter, oy, ox));
                }
            }
        }
    }
    Ok(Tensor::from_vec(output, &shape.output_shape())?)
    // END SOLUTION
}

// BEGIN SOLUTION: -
/// One element of the output.
fn window_sum(shape: &ConvShape, image: &[f32], filter: &[f32], oy: usize, ox: usize) -> f32 {
    let (h, w) = shape.image;
    let (kh, kw) = shape.kernel;
    let Window { stride, padding } = shape.window;
    let mut sum = 0.0;
    for channel in 0..shape.channels {
        for ky in 0..kh {
            let Some(y) = ConvShape::pixel(h, oy, ky, stride.0, padding.0) else { continue };
            for kx in 0..kw {
                let Some(x) = ConvShape::pixel(w, ox, kx, stride.1, padding.1) else { continue };
                sum += filter[(channel * kh + ky) * kw + kx] * image[(channel * h + y) * w + x];
            }
        }
    }
    sum
}
// END SOLUTION
