//! The models for images.

use anyhow::Result;
use candle_core::{Module, Tensor};
use candle_nn::{Conv2d, Conv2dConfig, Linear};

use super::{Parameters, get, linear};

/// Linear layers with a rectifier between each two.
pub struct Mlp {
    layers: Vec<Linear>,
}

impl Mlp {
    pub fn new(layers: usize, parameters: &Parameters) -> Result<Self> {
        let layers = (1..=layers).map(|i| linear(parameters, &format!("fc{i}")));
        Ok(Self { layers: layers.collect::<Result<_>>()? })
    }

    pub fn forward(&self, input: &Tensor) -> candle_core::Result<Tensor> {
        let mut hidden = input.clone();
        for (i, layer) in self.layers.iter().enumerate() {
            hidden = layer.forward(&if i == 0 { hidden } else { hidden.relu()? })?;
        }
        Ok(hidden)
    }
}

/// Two stages of convolution, rectifier and pooling, then a linear layer.
pub struct Cnn {
    stages: [Conv2d; 2],
    fc: Linear,
    train: bool,
}

impl Cnn {
    pub fn new(parameters: &Parameters, train: bool) -> Result<Self> {
        let conv = |name: &str| -> Result<Conv2d> {
            let weight = get(parameters, &format!("{name}.weight"))?;
            let bias = get(parameters, &format!("{name}.bias"))?;
            Ok(Conv2d::new(weight, Some(bias), Conv2dConfig::default()))
        };
        let fc = linear(parameters, "fc")?;
        Ok(Self { stages: [conv("conv1")?, conv("conv2")?], fc, train })
    }

    pub fn forward(&self, input: &Tensor) -> candle_core::Result<Tensor> {
        let mut hidden = input.clone();
        for conv in &self.stages {
            hidden = conv.forward(&hidden)?.relu()?;
            hidden = if self.train { pool(&hidden)? } else { hidden.max_pool2d(2)? };
        }
        self.fc.forward(&hidden.flatten_from(1)?)
    }
}

/// The maximum of 2x2 windows, by maxima along axes. candle 0.11's own
/// `max_pool2d` has a wrong gradient: it divides it by the size of the window,
/// and lays it out wrongly where the image's sides are odd.
fn pool(images: &Tensor) -> candle_core::Result<Tensor> {
    let (n, channels, height, width) = images.dims4()?;
    let (oh, ow) = (height / 2, width / 2);
    let whole = images.narrow(2, 0, 2 * oh)?.narrow(3, 0, 2 * ow)?;
    whole.reshape(&[n, channels, oh, 2, ow, 2])?.max(5)?.max(3)
}
