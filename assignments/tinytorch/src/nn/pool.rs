//! Pooling: one number for each window of an image.

use ndarray::{ArrayD, IxDyn};

use super::window::Window;
use crate::layer::leaf;
use crate::ops::larger;
use crate::{Layer, LayerSpec, NamedSpec, Result, Tensor};

/// The largest number of each window, channel by channel, without padding.
/// Windows that would reach over the edge are left out. A NaN in a window is
/// its largest number.
#[derive(Clone, Debug)]
pub struct MaxPool2d {
    window: Window,
}

impl MaxPool2d {
    /// Pairs are (height, width).
    ///
    /// # Errors
    /// When a side of the kernel or a stride is 0.
    pub fn new(kernel: (usize, usize), stride: (usize, usize)) -> Result<Self> {
        let padding = (0, 0);
        let window = Window { kernel, stride, padding }.checked("max_pool2d")?;
        Ok(Self { window })
    }
}

impl Layer for MaxPool2d {
    /// # Shapes
    /// `[n, c, h, w]` to `[n, c, oh, ow]`, where `oh = (h - kernel) / stride + 1`,
    /// rounded down, and `ow` alike.
    ///
    /// # Cost
    /// `n * c * oh * ow * kh * kw` comparisons.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let (oh, ow) = self.window.output_size("max_pool2d", input.shape())?;
        let ((kh, kw), (sh, sw)) = (self.window.kernel, self.window.stride);
        let image = input.view();
        let shape = [input.shape()[0], input.shape()[1], oh, ow];
        let output = ArrayD::from_shape_fn(IxDyn(&shape), |at| {
            let mut largest = f32::NEG_INFINITY;
            for y in at[2] * sh..at[2] * sh + kh {
                for x in at[3] * sw..at[3] * sw + kw {
                    largest = larger(largest, image[[at[0], at[1], y, x]]);
                }
            }
            largest
        });
        Ok(Tensor::from_array(output))
    }

    fn specs(&self) -> Vec<NamedSpec> {
        let (kernel, stride) = (self.window.kernel, self.window.stride);
        leaf(LayerSpec::MaxPool2d { kernel, stride })
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        Vec::new()
    }
}
