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
}

impl Cnn {
    pub fn new(parameters: &Parameters) -> Result<Self> {
        let conv = |name: &str| -> Result<Conv2d> {
            let weight = get(parameters, &format!("{name}.weight"))?;
            let bias = get(parameters, &format!("{name}.bias"))?;
            Ok(Conv2d::new(weight, Some(bias), Conv2dConfig::default()))
        };
        Ok(Self { stages: [conv("conv1")?, conv("conv2")?], fc: linear(parameters, "fc")? })
    }

    pub fn forward(&self, input: &Tensor) -> candle_core::Result<Tensor> {
        let mut hidden = input.clone();
        for conv in &self.stages {
            hidden = conv.forward(&hidden)?.relu()?.max_pool2d(2)?;
        }
        self.fc.forward(&hidden.flatten_from(1)?)
    }
}
