//! The convolution of a batch of images as matrix products, and its gradient.
//!
//! The columns (`kh * kw` times the size of an image) are not kept for the
//! backward pass but built again: that costs a fraction of the products, while
//! to keep them would take more memory than the rest of the network.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::im2col::{col2im, im2col};
use super::window::Window;

/// The sizes of one convolution.
#[derive(Clone, Copy, Debug)]
pub(super) struct Convolution {
    /// Number of images.
    pub(super) images: usize,
    pub(super) in_channels: usize,
    pub(super) out_channels: usize,
    /// Height and width of an image.
    pub(super) input: (usize, usize),
    /// Height and width of the output.
    pub(super) output: (usize, usize),
    pub(super) window: Window,
}

impl Convolution {
    /// Elements of one image.
    pub(super) fn input_len(&self) -> usize {
        self.in_channels * self.input.0 * self.input.1
    }

    /// Elements of one output.
    pub(super) fn output_len(&self) -> usize {
        self.out_channels * self.pixels()
    }

    /// Windows on an image.
    fn pixels(&self) -> usize {
        self.output.0 * self.output.1
    }

    /// Numbers under a window: elements of a filter.
    pub(super) fn features(&self) -> usize {
        self.in_channels * self.window.kernel.0 * self.window.kernel.1
    }

    fn columns(&self) -> Array2<f32> {
        Array2::zeros((self.features(), self.pixels()))
    }

    /// Filters times columns, image by image.
    pub(super) fn forward(&self, images: &[f32], filters: &ArrayView2<'_, f32>) -> Vec<f32> {
        let mut output = vec![0.0; self.images * self.output_len()];
        let mut columns = self.columns();
        let outputs = output.chunks_exact_mut(self.output_len().max(1));
        for (image, out) in self.images(images).zip(outputs) {
            im2col(image, self, &mut columns);
            let shape = (self.out_channels, self.pixels());
            if let Ok(mut out) = ArrayViewMut2::from_shape(shape, out) {
                general_mat_mul(1.0, filters, &columns, 0.0, &mut out);
            }
        }
        output
    }

    /// The filters' gradient, `[out_channels, features]`.
    pub(super) fn filter_gradient(&self, images: &[f32], grads: &[f32]) -> Array2<f32> {
        let mut sum = Array2::zeros((self.out_channels, self.features()));
        let mut columns = self.columns();
        for (image, grad) in self.images(images).zip(self.grads(grads)) {
            im2col(image, self, &mut columns);
            general_mat_mul(1.0, &grad, &columns.t(), 1.0, &mut sum);
        }
        sum
    }

    /// The images' gradient.
    pub(super) fn image_gradient(&self, filters: &ArrayView2<'_, f32>, grads: &[f32]) -> Vec<f32> {
        let mut images = vec![0.0; self.images * self.input_len()];
        let mut columns = self.columns();
        for (image, grad) in images.chunks_exact_mut(self.input_len().max(1)).zip(self.grads(grads))
        {
            general_mat_mul(1.0, &filters.t(), &grad, 0.0, &mut columns);
            col2im(&columns, self, image);
        }
        images
    }

    fn images<'a>(&self, images: &'a [f32]) -> impl Iterator<Item = &'a [f32]> {
        images.chunks_exact(self.input_len().max(1))
    }

    /// The outputs' gradients, a matrix for each image.
    fn grads<'a>(&self, grads: &'a [f32]) -> impl Iterator<Item = ArrayView2<'a, f32>> {
        let shape = (self.out_channels, self.pixels());
        let outputs = grads.chunks_exact(self.output_len().max(1));
        outputs.filter_map(move |grad| ArrayView2::from_shape(shape, grad).ok())
    }
}
