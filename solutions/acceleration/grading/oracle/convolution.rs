//! Convolution in the reverse direction, in f64: each pixel finds the windows that contain it,
//! instead of each window its pixels.

use super::product::{Exact, sum};
use crate::contract::{Array, Window};
use grader_protocol::Floats;

/// The shape of a tensor with its axes permuted, and its elements row by row.
pub fn logical(of: &Array) -> (Vec<usize>, Vec<f32>) {
    if of.axes.is_empty() {
        return (of.shape.clone(), of.data.0.clone());
    }
    let shape: Vec<usize> = of.axes.iter().map(|&axis| of.shape[axis]).collect();
    let strides: Vec<usize> =
        of.axes.iter().map(|&axis| of.shape[axis + 1..].iter().product()).collect();
    let count = shape.iter().product();
    let data = (0..count).map(|mut at: usize| {
        let mut offset = 0;
        for (size, stride) in shape.iter().zip(&strides).rev() {
            offset += at % size * stride;
            at /= size;
        }
        of.data.0[offset]
    });
    let data = data.collect();
    (shape, data)
}

/// The number of windows that fit, found by counting instead of dividing.
pub fn positions(size: usize, kernel: usize, stride: usize, padding: usize) -> usize {
    let padded = size + 2 * padding;
    (0..=padded).step_by(stride).filter(|start| start + kernel <= padded).count()
}

/// The window that has pixel `at` under position `k`, if there is one.
fn window_over(at: usize, k: usize, stride: usize, padding: usize, count: usize) -> Option<usize> {
    let offset = (at + padding).checked_sub(k)?;
    (offset.is_multiple_of(stride) && offset / stride < count).then(|| offset / stride)
}

/// The matrix of windows of an image `[c, h, w]`, and its dimensions.
pub fn columns(
    image: &Array,
    kernel: (usize, usize),
    Window { stride, padding }: Window,
) -> ((usize, usize), Vec<f32>) {
    let (shape, pixels) = logical(image);
    let [c, h, w] = [shape[0], shape[1], shape[2]];
    let oh = positions(h, kernel.0, stride.0, padding.0);
    let ow = positions(w, kernel.1, stride.1, padding.1);
    let rows = c * kernel.0 * kernel.1;
    let mut matrix = vec![0.0; rows * oh * ow];
    for (at, pixel) in pixels.iter().enumerate() {
        let (channel, y, x) = (at / (h * w), at / w % h, at % w);
        for ky in 0..kernel.0 {
            let Some(oy) = window_over(y, ky, stride.0, padding.0, oh) else { continue };
            for kx in 0..kernel.1 {
                let Some(ox) = window_over(x, kx, stride.1, padding.1, ow) else { continue };
                let row = (channel * kernel.0 + ky) * kernel.1 + kx;
                matrix[(row * oh + oy) * ow + ox] = *pixel;
            }
        }
    }
    ((rows, oh * ow), matrix)
}

/// The convolution, and the shape of its output.
pub fn convolve(input: &Array, weight: &Array, window: Window) -> (Vec<usize>, Vec<Exact>) {
    let ((input_shape, pixels), (weight_shape, weights)) = (logical(input), logical(weight));
    let [n, c, h, w] = [0, 1, 2, 3].map(|axis| input_shape[axis]);
    let kernel = (weight_shape[2], weight_shape[3]);
    let oh = positions(h, kernel.0, window.stride.0, window.padding.0);
    let ow = positions(w, kernel.1, window.stride.1, window.padding.1);
    let mut output = Vec::new();
    for image in 0..n {
        let data = pixels[image * c * h * w..][..c * h * w].to_vec();
        let image = Array { shape: vec![c, h, w], data: Floats(data), axes: Vec::new() };
        let ((rows, count), matrix) = columns(&image, kernel, window);
        for filter in 0..weight_shape[0] {
            let filter = &weights[filter * rows..][..rows];
            for position in 0..count {
                let products = filter
                    .iter()
                    .enumerate()
                    .map(|(row, x)| f64::from(*x) * f64::from(matrix[row * count + position]));
                output.push(sum(products));
            }
        }
    }
    (vec![n, weight_shape[0], oh, ow], output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_two_sees_its_neighbour_and_the_padding() {
        let image = Array { shape: vec![1, 1, 3], data: Floats(vec![1.0, 2.0, 3.0]), axes: vec![] };
        let window = Window { stride: (1, 1), padding: (0, 1) };
        let (shape, matrix) = columns(&image, (1, 2), window);
        assert_eq!(shape, (2, 4));
        assert_eq!(matrix, [0.0, 1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 0.0]);
    }

    #[test]
    fn permuted_axes_are_read_in_their_new_order() {
        let data = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let transposed = Array { shape: vec![2, 3], data: Floats(data), axes: vec![1, 0] };
        let (shape, elements) = logical(&transposed);
        assert_eq!(shape, [3, 2]);
        assert_eq!(elements, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    }
}
