//! Task `model`: whole models, in integers from the first layer to the logits.

mod calibrate;
mod fold;
mod pool;

// BEGIN SOLUTION: -
use crate::{TensorParams, quantize};
// END SOLUTION
use crate::{QuantParams, QuantizedConv2d, QuantizedLinear, QuantizedTensor, Result};
use tinytorch::Tensor;

pub use calibrate::{Calibration, ObserverKind, quantize_cnn, quantize_mlp};
pub use fold::{BatchNorm, fold_batch_norm};
pub use pool::max_pool;

/// A layer that takes codes and gives codes.
#[derive(Clone, Debug)]
pub enum QuantizedLayer {
    /// `[..., inputs]` to `[..., outputs]`.
    Linear(QuantizedLinear),
    /// `[images, channels, height, width]` to `[images, filters, output height, output width]`.
    Conv2d(QuantizedConv2d),
    /// The largest code of each window: [`max_pool`].
    MaxPool2d {
        /// Height and width of a window.
        kernel: (usize, usize),
        /// Steps between windows, down and across.
        stride: (usize, usize),
    },
    /// All axes but the first merged into one.
    Flatten,
}

/// A model whose layers pass codes to each other. The codes of the input are the only place where a number of 32 bits is
/// rounded, and the logits the only place where a code becomes one.
#[derive(Clone, Debug)]
pub struct QuantizedModel {
    input: QuantParams,
    layers: Vec<(String, QuantizedLayer)>,
}

impl QuantizedModel {
    /// A model from its layers, whose names must not repeat. Given.
    pub const fn new(input: QuantParams, layers: Vec<(String, QuantizedLayer)>) -> Self {
        Self { input, layers }
    }

    /// The codes of the logits, for the codes of an input: no number of 32 bits is stored between the layers.
    ///
    /// # Errors
    /// Those of the layers.
    pub fn forward_codes(&self, input: QuantizedTensor) -> Result<QuantizedTensor> {
        // BEGIN SOLUTION: each layer takes the codes of the one before
        self.layers.iter().try_fold(input, |codes, (_, layer)| match layer {
            QuantizedLayer::Linear(linear) => linear.forward(&codes),
            QuantizedLayer::Conv2d(conv) => conv.forward(&codes),
            QuantizedLayer::MaxPool2d { kernel, stride } => max_pool(&codes, *kernel, *stride),
            QuantizedLayer::Flatten => {
                let (&images, rest) = codes.shape().split_first().unwrap_or((&1, &[]));
                let features = rest.iter().product();
                codes.reshape(&[images, features])
            }
        })
        // END SOLUTION
    }

    /// The logits: the input is quantized, all layers run on codes, and the last codes are dequantized.
    ///
    /// # Errors
    /// Those of [`quantize`](crate::quantize) and of the layers.
    pub fn forward(&self, input: &Tensor) -> Result<Tensor> {
        // BEGIN SOLUTION: quantize, forward_codes, dequantize
        let codes = quantize(input, &TensorParams::per_tensor(self.input))?;
        self.forward_codes(codes)?.dequantize()
        // END SOLUTION
    }

    /// Bytes that have to be stored: those of all layers.
    pub fn nbytes(&self) -> usize {
        // BEGIN SOLUTION: pooling and flattening store nothing
        let of_layers = self.layers.iter().map(|(_, layer)| match layer {
            QuantizedLayer::Linear(linear) => linear.nbytes(),
            QuantizedLayer::Conv2d(conv) => conv.nbytes(),
            QuantizedLayer::MaxPool2d { .. } | QuantizedLayer::Flatten => 0,
        });
        of_layers.sum()
        // END SOLUTION
    }

    /// The same model with packed weights: the same codes, computed by the kernels of task `fast`. Given.
    ///
    /// # Errors
    /// Those of [`PackedMatrix::new`](crate::PackedMatrix::new) and [`PackedFilters::new`](crate::PackedFilters::new).
    pub fn packed(self) -> Result<Self> {
        let layers = self.layers.into_iter().map(|(name, layer)| {
            let layer = match layer {
                QuantizedLayer::Linear(linear) => QuantizedLayer::Linear(linear.packed()?),
                QuantizedLayer::Conv2d(conv) => QuantizedLayer::Conv2d(conv.packed()?),
                other => other,
            };
            Ok((name, layer))
        });
        Ok(Self { layers: layers.collect::<Result<_>>()?, input: self.input })
    }

    /// The parameters of the input. Given.
    pub const fn input(&self) -> QuantParams {
        self.input
    }

    /// The layers with their names. Given.
    pub fn layers(&self) -> &[(String, QuantizedLayer)] {
        &self.layers
    }
}
