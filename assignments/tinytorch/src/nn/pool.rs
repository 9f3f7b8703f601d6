//! Pooling: one number per window of an image.

use super::max_pool::{self, PlaneShape};
use super::window::Window;
use crate::layer::leaf;
use crate::ops::rows::elements;
use crate::{Layer, LayerSpec, NamedSpec, Result, Tensor, TensorError};

/// The maximum of each window, channel by channel, without padding. Windows that
/// do not fit completely are left out. A NaN counts as the maximum of its window.
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
    /// rounded down; the same for `ow`.
    ///
    /// The gradient of a window goes to its largest element, the first of equal
    /// ones.
    ///
    /// # Cost
    /// `n * c * oh * ow * kh * kw` comparisons, and the same again in the backward
    /// pass: the input is kept rather than the positions of the maxima. Usually
    /// that input is the output of a rectifier, which is kept anyway.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let (oh, ow) = self.window.output_size("max_pool2d", input.shape())?;
        let &[n, channels, h, w] = input.shape() else {
            let reason = "the input must be [n, channels, height, width]".to_string();
            return Err(TensorError::shape("max_pool2d", input.shape(), reason));
        };
        let planes = PlaneShape { window: self.window, input: (h, w), output: (oh, ow) };
        let mut output = vec![0.0; n * channels * oh * ow];
        max_pool::forward(planes, &elements(input), &mut output);
        let output = Tensor::from_vec(output, &[n, channels, oh, ow])?;
        Ok(output.record([input], |_| {
            let input = input.detach();
            Box::new(move |grad| {
                let mut share = vec![0.0; input.len()];
                max_pool::backward(planes, &elements(&input), &elements(grad), &mut share);
                Ok(vec![Some(Tensor::from_vec(share, input.shape())?)])
            })
        }))
    }

    fn specs(&self) -> Vec<NamedSpec> {
        let kernel = self.window.kernel;
        let stride = self.window.stride;
        leaf(LayerSpec::MaxPool2d { kernel, stride })
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        Vec::new()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        Vec::new()
    }
}
