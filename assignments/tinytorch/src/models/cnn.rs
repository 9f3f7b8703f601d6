//! The convolutional network.

use crate::nn::{Conv2d, Flatten, Linear, MaxPool2d, Relu, Sequential};
use crate::{Layer, Mode, NamedSpec, Result, Rng, Tensor, TensorError};

/// The sizes of a [`Cnn`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CnnConfig {
    /// Channels of the images: 1 for grayscale, 3 for RGB.
    pub in_channels: usize,
    /// Height and width of the images.
    pub image: (usize, usize),
    /// Output channels of the first and second convolution.
    pub channels: [usize; 2],
    /// Number of classes.
    pub classes: usize,
}

impl CnnConfig {
    /// The number of features after both stages: the input of the final linear layer. Each stage
    /// takes 2 pixels off each side length (3x3 without padding) and halves the rest, rounded down.
    ///
    /// ```
    /// use tinytorch::models::CnnConfig;
    ///
    /// let config = CnnConfig { in_channels: 3, image: (32, 32), channels: [32, 64], classes: 10 };
    /// // 32 -> 30 -> 15 -> 13 -> 6
    /// assert_eq!(config.flattened_size()?, 64 * 6 * 6);
    /// # Ok::<(), tinytorch::TensorError>(())
    /// ```
    ///
    /// # Errors
    /// When the image is too small for two stages: it needs at least 10x10.
    pub fn flattened_size(&self) -> Result<usize> {
        let stage = |size: usize| Some(size.checked_sub(2)? / 2).filter(|&left| left > 0);
        let two_stages = |size| stage(size).and_then(stage);
        let (height, width) = self.image;
        let left = two_stages(height).zip(two_stages(width));
        let (height, width) = left.ok_or_else(|| {
            let reason = format!("image {:?} is too small, at least (10, 10)", self.image);
            TensorError::config("cnn", reason)
        })?;
        Ok(self.channels[1] * height * width)
    }
}

/// Two stages of convolution (3x3, stride 1, no padding), [`Relu`] and 2x2 max
/// pooling, then a linear layer: `conv1`, `relu1`, `pool1`, `conv2`, `relu2`,
/// `pool2`, `flatten`, `fc`.
#[derive(Debug)]
pub struct Cnn {
    layers: Sequential,
    config: CnnConfig,
}

impl Cnn {
    /// Random weights.
    ///
    /// # Errors
    /// When the image is too small for two stages.
    pub fn new(config: CnnConfig, rng: &mut Rng) -> Result<Self> {
        let mut layers: Vec<(String, Box<dyn Layer>)> = Vec::new();
        let mut channels = config.in_channels;
        for (stage, out_channels) in (1..).zip(config.channels) {
            let conv = Conv2d::new(channels, out_channels, (3, 3), (1, 1), (0, 0), true, rng)?;
            layers.push((format!("conv{stage}"), Box::new(conv)));
            layers.push((format!("relu{stage}"), Box::new(Relu)));
            let pool = MaxPool2d::new((2, 2), (2, 2))?;
            layers.push((format!("pool{stage}"), Box::new(pool)));
            channels = out_channels;
        }
        let linear = Linear::new(config.flattened_size()?, config.classes, true, rng);
        layers.push(("flatten".to_string(), Box::new(Flatten)));
        layers.push(("fc".to_string(), Box::new(linear)));
        Ok(Self { layers: Sequential::new(layers), config })
    }

    /// The sizes of this model.
    pub fn config(&self) -> &CnnConfig {
        &self.config
    }

    /// The layers with their names.
    pub fn layers(&self) -> &Sequential {
        &self.layers
    }
}

impl Layer for Cnn {
    /// # Shapes
    /// `[n, in_channels, height, width]` to `[n, classes]`: scores, not
    /// probabilities.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        self.layers.forward(input)
    }

    fn specs(&self) -> Vec<NamedSpec> {
        self.layers.specs()
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        self.layers.parameters()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        self.layers.parameters_mut()
    }

    fn set_mode(&mut self, mode: Mode) {
        self.layers.set_mode(mode);
    }
}
