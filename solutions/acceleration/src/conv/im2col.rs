//! Task `conv`, second part: convolution as a matrix product.

use tinytorch::Tensor;

// BEGIN SOLUTION: -
use super::ConvShape;
use crate::MatRef;
use crate::add_matmul_tiled;
use crate::matrix::elements;
// END SOLUTION
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
    // BEGIN SOLUTION: find the sizes, then write row after row of the matrix, window by window
    let input = [&[1], image.shape()].concat();
    let channels = image.shape().first().copied().unwrap_or(0);
    let shape = ConvShape::new("im2col", &input, &[1, channels, kernel.0, kernel.1], window)?;
    let mut columns = Matrix::zeros(shape.filter_len(), shape.positions());
    write_columns(&shape, &elements(image), columns.as_mut_slice());
    Ok(columns)
    // END SOLUTION
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
    // BEGIN SOLUTION: for each image, multiply the filters with its columns by your tiled kernel
    let shape = ConvShape::new("conv2d_im2col", input.shape(), weight.shape(), window)?;
    let input = elements(input);
    let weight = elements(weight);
    let filters = MatRef::new(&weight, shape.filters, shape.filter_len())?;
    let mut columns = Matrix::zeros(shape.filter_len(), shape.positions());
    let pixels = shape.channels * shape.image.0 * shape.image.1;
    let outputs = shape.filters * shape.positions();
    let mut output = vec![0.0; shape.images * outputs];
    for image in 0..shape.images {
        // The padding stays zero: it is in the same places for every image.
        write_columns(&shape, &input[image * pixels..][..pixels], columns.as_mut_slice());
        let target = &mut output[image * outputs..][..outputs];
        add_matmul_tiled(filters, columns.view(), target)?;
    }
    Ok(Tensor::from_vec(output, &shape.output_shape())?)
    // END SOLUTION
}

// BEGIN SOLUTION: -
/// Writes the elements of one image's windows that are not padding.
fn write_columns(shape: &ConvShape, image: &[f32], columns: &mut [f32]) {
    let (h, w) = shape.image;
    let (kh, kw) = shape.kernel;
    let (oh, ow) = shape.output;
    let Window { stride, padding } = shape.window;
    if oh * ow == 0 {
        return;
    }
    for (row, windows) in columns.chunks_exact_mut(oh * ow).enumerate() {
        let channel = row / (kh * kw);
        let ky = row / kw % kh;
        let kx = row % kw;
        for (oy, line) in windows.chunks_exact_mut(ow).enumerate() {
            let Some(y) = ConvShape::pixel(h, oy, ky, stride.0, padding.0) else { continue };
            // Windows before `first` are in the padding on the left.
            let first = padding.1.saturating_sub(kx).div_ceil(stride.1).min(ow);
            let start = (first * stride.1 + kx).saturating_sub(padding.1);
            let pixels = image[(channel * h + y) * w..][..w].get(start..).unwrap_or_default();
            let targets = &mut line[first..];
            if stride.1 == 1 {
                let count = targets.len().min(pixels.len());
                targets[..count].copy_from_slice(&pixels[..count]);
            } else {
                let pixels = pixels.iter().step_by(stride.1);
                targets.iter_mut().zip(pixels).for_each(|(target, pixel)| *target = *pixel);
            }
        }
    }
}
// END SOLUTION
