//! Pooling: one number for each window of an image.

use ndarray::{Array4, Ix4};

use super::window::Window;
use crate::layer::leaf;
use crate::ops::larger;
use crate::{Layer, LayerSpec, NamedSpec, Result, Tensor, TensorError};

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
        let images = input.view().into_dimensionality::<Ix4>();
        let images =
            images.map_err(|e| TensorError::shape("max_pool2d", input.shape(), e.to_string()))?;
        let (n, channels, _, _) = images.dim();
        let output = Array4::from_shape_fn((n, channels, oh, ow), |(n, c, oy, ox)| {
            let mut largest = f32::NEG_INFINITY;
            for y in oy * sh..oy * sh + kh {
                for x in ox * sw..ox * sw + kw {
                    largest = larger(largest, images[(n, c, y, x)]);
                }
            }
            largest
        });
        Ok(Tensor::from_array(output.into_dyn()))
    }

    fn specs(&self) -> Vec<NamedSpec> {
        let (kernel, stride) = (self.window.kernel, self.window.stride);
        leaf(LayerSpec::MaxPool2d { kernel, stride })
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        Vec::new()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        Vec::new()
    }
}
