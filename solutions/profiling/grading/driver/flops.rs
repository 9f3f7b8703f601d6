//! Task `flops`.

use super::Result;
use super::contract::{self, Flops, Model};
use profiling::{ConvShape, FlopCounter, FlopReport};
use tinytorch::models::{Cnn, CnnConfig, Gpt, GptConfig, Mlp};
use tinytorch::{Layer, LayerSpec, NamedSpec, Rng};

pub(super) fn linear(
    input: &[usize],
    in_features: usize,
    out_features: usize,
    bias: bool,
) -> Result<u64> {
    FlopCounter::new().linear(input, in_features, out_features, bias)
}

pub(super) fn conv2d(input: &[usize], layer: contract::Layer) -> Result<u64> {
    let contract::Layer::Conv2d { in_channels, out_channels, kernel, stride, padding, bias } =
        layer
    else {
        unreachable!("the contract says that the layer is a convolution")
    };
    let conv = ConvShape { in_channels, out_channels, kernel, stride, padding, bias };
    FlopCounter::new().conv2d(input, &conv)
}

pub(super) fn attention(input: &[usize], d_model: usize, n_heads: usize) -> Result<u64> {
    FlopCounter::new().attention(input, d_model, n_heads)
}

pub(super) fn layers(input: &[usize], layers: Vec<(String, contract::Layer)>) -> Result<Flops> {
    let named = layers.into_iter().map(|(name, layer)| NamedSpec { name, spec: spec(layer) });
    let specs: Vec<NamedSpec> = named.collect();
    FlopCounter::new().layers(&specs, input).map(|report| flops(&report))
}

pub(super) fn model(model: Model, input: &[usize]) -> Result<Flops> {
    FlopCounter::new().model(&*given(model), input).map(|report| flops(&report))
}

/// The given models. Only their shapes matter here.
fn given(model: Model) -> Box<dyn Layer> {
    let rng = &mut Rng::new(1);
    let built: tinytorch::Result<Box<dyn Layer>> = match model {
        Model::Mlp => Mlp::new(&[784, 128, 64, 10], rng).map(boxed),
        Model::Cnn => {
            let (image, channels) = ((28, 28), [8, 16]);
            Cnn::new(CnnConfig { in_channels: 1, image, channels, classes: 10 }, rng).map(boxed)
        }
        Model::Gpt => {
            let (d_model, n_heads, n_layers) = (64, 4, 2);
            let config = GptConfig { vocab_size: 16, max_seq_len: 64, d_model, n_heads, n_layers };
            Gpt::new(config, rng).map(boxed)
        }
    };
    built.expect("the given sizes make a model")
}

fn boxed<L: Layer + 'static>(layer: L) -> Box<dyn Layer> {
    Box::new(layer)
}

fn spec(layer: contract::Layer) -> LayerSpec {
    use contract::Layer as L;
    match layer {
        L::Linear { in_features, out_features, bias } => {
            LayerSpec::Linear { in_features, out_features, bias }
        }
        L::Conv2d { in_channels, out_channels, kernel, stride, padding, bias } => {
            LayerSpec::Conv2d { in_channels, out_channels, kernel, stride, padding, bias }
        }
        L::MaxPool2d { kernel, stride } => LayerSpec::MaxPool2d { kernel, stride },
        L::Flatten => LayerSpec::Flatten,
        L::Relu => LayerSpec::Relu,
        L::Gelu => LayerSpec::Gelu,
        L::Softmax => LayerSpec::Softmax,
        L::Embedding { vocab_size, dim } => LayerSpec::Embedding { vocab_size, dim },
        L::LayerNorm { dim } => LayerSpec::LayerNorm { dim },
        L::Attention { d_model, n_heads } => LayerSpec::Attention { d_model, n_heads },
    }
}

fn flops(report: &FlopReport) -> Flops {
    let layers = report.layers.iter().map(|layer| contract::LayerFlops {
        name: layer.name.clone(),
        flops: layer.flops,
        output_shape: layer.output_shape.clone(),
    });
    Flops {
        layers: layers.collect(),
        total: report.total(),
        bottleneck: report.bottleneck().map(|layer| layer.name.clone()),
        shares: report.shares(),
    }
}
