//! The convolution over images, as a matrix product (im2col).
//!
//! Source of the method: Chellapilla, Puri, Simard, "High Performance
//! Convolutional Neural Networks for Document Processing" (2006).

use ndarray::linalg::general_mat_mul;
use ndarray::{Array3, ArrayView, ArrayView2, ArrayViewD, Dimension, Ix2, Ix4};

use super::im2col::im2col;
use super::window::Window;
use crate::layer::leaf;
use crate::{Layer, LayerSpec, NamedSpec, Result, Rng, Tensor, TensorError};

/// A bank of filters that slides over images. As everywhere in deep learning
/// the filter is not flipped: a cross-correlation.
///
/// # Shapes
/// Weight `[out_channels, in_channels, kernel height, kernel width]`, bias
/// `[out_channels]`.
#[derive(Clone, Debug)]
pub struct Conv2d {
    weight: Tensor,
    bias: Option<Tensor>,
    window: Window,
}

impl Conv2d {
    /// Random weights (normal, variance `2 / fan_in`, for a rectifier that follows),
    /// bias 0. Pairs are (height, width).
    ///
    /// Source: He, Zhang, Ren, Sun, "Delving Deep into Rectifiers" (2015).
    ///
    /// # Errors
    /// When a side of the kernel or a stride is 0.
    pub fn new(
        in_channels: usize,
        out_channels: usize,
        kernel: (usize, usize),
        stride: (usize, usize),
        padding: (usize, usize),
        bias: bool,
        rng: &mut Rng,
    ) -> Result<Self> {
        let fan_in = in_channels * kernel.0 * kernel.1;
        let std = (2.0 / fan_in.max(1) as f32).sqrt();
        let shape = [out_channels, in_channels, kernel.0, kernel.1];
        let bias = bias.then(|| Tensor::zeros(&[out_channels]));
        Self::from_parameters(Tensor::randn(&shape, std, rng), bias, stride, padding)
    }

    /// A layer with the given weight and bias.
    ///
    /// # Shapes
    /// `[out_channels, in_channels, kh, kw]` and `[out_channels]`.
    ///
    /// # Errors
    /// When the weight does not have four axes, the bias does not fit it, or a
    /// side of the kernel or a stride is 0.
    pub fn from_parameters(
        weight: Tensor,
        bias: Option<Tensor>,
        stride: (usize, usize),
        padding: (usize, usize),
    ) -> Result<Self> {
        let &[out_channels, _, kh, kw] = weight.shape() else {
            let reason = "the weight must be [out_channels, in_channels, kh, kw]".to_string();
            return Err(TensorError::shape("conv2d", weight.shape(), reason));
        };
        if let Some(b) = bias.as_ref().filter(|b| *b.shape() != [out_channels]) {
            let reason = format!("the bias must be [{out_channels}]");
            return Err(TensorError::mismatch("conv2d", weight.shape(), b.shape(), reason));
        }
        let kernel = (kh, kw);
        let window = Window { kernel, stride, padding }.checked("conv2d")?;
        Ok(Self { weight, bias, window })
    }

    /// The weight, `[out_channels, in_channels, kh, kw]`.
    pub fn weight(&self) -> &Tensor {
        &self.weight
    }

    /// The bias, `[out_channels]`, if there is one.
    pub fn bias(&self) -> Option<&Tensor> {
        self.bias.as_ref()
    }

    /// Steps between windows, down and across.
    pub fn stride(&self) -> (usize, usize) {
        self.window.stride
    }

    /// Zeros added on each side, above and below, left and right.
    pub fn padding(&self) -> (usize, usize) {
        self.window.padding
    }

    fn check_channels(&self, input: &Tensor) -> Result<()> {
        let channels = self.weight.shape()[1];
        if input.shape()[1] == channels {
            return Ok(());
        }
        let reason = format!("the input must have {channels} channels on axis 1");
        Err(TensorError::mismatch("conv2d", input.shape(), self.weight.shape(), reason))
    }
}

impl Layer for Conv2d {
    /// # Shapes
    /// `[n, in_channels, h, w]` to `[n, out_channels, oh, ow]`, where
    /// `oh = (h + 2 padding - kernel) / stride + 1`, rounded down, and `ow` alike.
    ///
    /// # Cost
    /// `n * out_channels * oh * ow * in_channels * kh * kw` multiply-adds. For
    /// one image at a time, a buffer of `in_channels * kh * kw * oh * ow`.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let (oh, ow) = self.window.output_size("conv2d", input.shape())?;
        self.check_channels(input)?;

        let [out_channels, in_channels, kh, kw] = [0, 1, 2, 3].map(|i| self.weight.shape()[i]);
        let (n, features) = (input.shape()[0], in_channels * kh * kw);
        let filters = self.weight.reshape(&[out_channels, features])?;
        let filters = with_axes::<Ix2>(filters.view())?;
        let images = with_axes::<Ix4>(input.view())?;
        let mut columns = vec![0.0; features * oh * ow];
        let mut output = Array3::zeros((n, out_channels, oh * ow));
        for (image, mut slot) in images.outer_iter().zip(output.outer_iter_mut()) {
            im2col(&image, &self.window, (oh, ow), &mut columns);
            let columns = ArrayView2::from_shape((features, oh * ow), &columns)
                .map_err(|e| TensorError::shape("conv2d", input.shape(), e.to_string()))?;
            general_mat_mul(1.0, &filters, &columns, 0.0, &mut slot);
        }
        if let Some(bias) = &self.bias {
            output += &with_axes::<Ix2>(bias.reshape(&[out_channels, 1])?.view())?;
        }
        Tensor::from_array(output.into_dyn()).reshape(&[n, out_channels, oh, ow])
    }

    fn specs(&self) -> Vec<NamedSpec> {
        leaf(LayerSpec::Conv2d {
            in_channels: self.weight.shape()[1],
            out_channels: self.weight.shape()[0],
            kernel: self.window.kernel,
            stride: self.window.stride,
            padding: self.window.padding,
            bias: self.bias.is_some(),
        })
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        let weight = std::iter::once(("weight".to_string(), &self.weight));
        let bias = self.bias.iter().map(|bias| ("bias".to_string(), bias));
        weight.chain(bias).collect()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        let weight = std::iter::once(("weight".to_string(), &mut self.weight));
        let bias = self.bias.iter_mut().map(|bias| ("bias".to_string(), bias));
        weight.chain(bias).collect()
    }
}

/// The view with a number of axes that the compiler knows. Shapes are checked
/// before, so it is an error of this file if that fails.
fn with_axes<D: Dimension>(view: ArrayViewD<'_, f32>) -> Result<ArrayView<'_, f32, D>> {
    let shape = view.shape().to_vec();
    view.into_dimensionality().map_err(|e| TensorError::shape("conv2d", &shape, e.to_string()))
}
