//! Convolution over images, as a matrix product (im2col).
//!
//! Source of the method: Chellapilla, Puri, Simard, "High Performance
//! Convolutional Neural Networks for Document Processing" (2006).

use ndarray::Array2;

use super::convolve::Convolution;
use super::window::Window;
use crate::autograd::BackwardFn;
use crate::layer::leaf;
use crate::ops::rows::elements;
use crate::{Layer, LayerSpec, NamedSpec, Result, Rng, Tensor, TensorError};

/// A bank of filters that slides over images. As usual in deep learning, the filter
/// is not flipped: this is a cross-correlation.
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
    /// Random weights (normal, variance `2 / fan_in`, which suits a rectifier after
    /// the layer), bias 0. Pairs are (height, width).
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

    fn sizes(&self, input: &Tensor, output: (usize, usize)) -> Convolution {
        let shape = input.shape();
        Convolution {
            images: shape[0],
            in_channels: shape[1],
            out_channels: self.weight.shape()[0],
            input: (shape[2], shape[3]),
            output,
            window: self.window,
        }
    }

    fn recorded(&self, output: Tensor, input: &Tensor, conv: Convolution) -> Tensor {
        let shares = |needs| shares(needs, input.detach(), self.weight.detach(), conv);
        match &self.bias {
            Some(bias) => output.record([input, &self.weight, bias], shares),
            None => output.record([input, &self.weight], |[x, w]| shares([x, w, false])),
        }
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
    /// `oh = (h + 2 padding - kernel) / stride + 1`, rounded down; the same for
    /// `ow`.
    ///
    /// # Cost
    /// `n * out_channels * oh * ow * in_channels * kh * kw` multiply-adds, and a
    /// buffer of `in_channels * kh * kw * oh * ow` elements that is reused for each
    /// image.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let (oh, ow) = self.window.output_size("conv2d", input.shape())?;
        self.check_channels(input)?;

        let conv = self.sizes(input, (oh, ow));
        let mut output = conv.forward(&elements(input), &matrix(&self.weight)?.view());
        if let Some(bias) = &self.bias {
            add_bias(&mut output, &elements(bias), oh * ow);
        }
        let shape = [conv.images, conv.out_channels, oh, ow];
        Ok(self.recorded(Tensor::from_vec(output, &shape)?, input, conv))
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

/// Adds each channel's bias to its `pixels` output elements.
fn add_bias(output: &mut [f32], bias: &[f32], pixels: usize) {
    let channels = output.chunks_exact_mut(pixels.max(1));
    for (channel, bias) in channels.zip(bias.iter().cycle()) {
        for value in channel {
            *value += bias;
        }
    }
}

/// The gradients of input, weight and bias. An input that is not tracked, such as
/// the images of the first layer, gets no gradient: that saves a third of the work.
fn shares(needs: [bool; 3], input: Tensor, weight: Tensor, conv: Convolution) -> BackwardFn {
    Box::new(move |grad| {
        let grads = elements(grad);
        let of_input = needs[0].then(|| {
            let images = conv.image_gradient(&matrix(&weight)?.view(), &grads);
            Tensor::from_vec(images, input.shape())
        });
        let of_weight = needs[1].then(|| {
            let filters = conv.filter_gradient(&elements(&input), &grads);
            Tensor::from_vec(filters, weight.shape())
        });
        let of_bias = needs[2].then(|| grad.sum_axis(3)?.sum_axis(2)?.sum_axis(0));
        Ok(vec![of_input.transpose()?, of_weight.transpose()?, of_bias.transpose()?])
    })
}

/// The filters as rows, `[out_channels, in_channels * kh * kw]`.
fn matrix(weight: &Tensor) -> Result<Array2<f32>> {
    let rows = weight.shape()[0];
    let shape = (rows, weight.shape()[1..].iter().product());
    Array2::from_shape_vec(shape, weight.to_vec())
        .map_err(|e| TensorError::shape("conv2d", weight.shape(), e.to_string()))
}
