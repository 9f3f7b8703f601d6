//! Task `flops`.

use super::Answer;
use super::contract::{Layer, Model};
use profiling::ConvShape;
use tinytorch::Rng;
use tinytorch::models::{Cnn, CnnConfig, Gpt, GptConfig, Mlp};

pub(super) fn convolution(layer: Layer) -> ConvShape {
    let Layer::Conv2d { in_channels, out_channels, kernel, stride, padding, bias } = layer else {
        unreachable!("the contract says that the layer is a convolution")
    };
    ConvShape { in_channels, out_channels, kernel, stride, padding, bias }
}

/// The given models. Only their shapes matter here.
pub(super) fn model(model: Model) -> Answer<Box<dyn tinytorch::Layer>> {
    let rng = &mut Rng::new(1);
    Ok(match model {
        Model::Mlp => Box::new(Mlp::new(&[784, 128, 64, 10], rng)?),
        Model::Cnn => {
            let config = CnnConfig { in_channels: 1, image: (28, 28), channels: [8, 16], classes: 10 };
            Box::new(Cnn::new(config, rng)?)
        }
        Model::Gpt => {
            let config = GptConfig { vocab_size: 16, max_seq_len: 64, d_model: 64, n_heads: 4, n_layers: 2 };
            Box::new(Gpt::new(config, rng)?)
        }
    })
}
