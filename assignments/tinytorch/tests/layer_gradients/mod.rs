//! The gradients of layers and of whole models against central differences of
//! an independent forward in f64, over random shapes.

mod attention;
mod images;
mod models;
mod rows;
mod wide;

use proptest::test_runner::{Config, RngSeed};
use tinytorch::{Layer, Tensor};

use crate::common::randn;

/// `cases` cases, always the same ones.
fn config(cases: u32) -> Config {
    let rng_seed = RngSeed::Fixed(23);
    Config { cases, rng_seed, failure_persistence: None, ..Config::default() }
}

/// Replaces the parameters, in order, by the given tensors, which may be
/// tracked.
fn with_parameters<L: Layer>(mut layer: L, tensors: &[Tensor]) -> L {
    let parameters = layer.parameters_mut();
    assert_eq!(parameters.len(), tensors.len(), "as many parameters as tensors");
    for ((name, parameter), tensor) in parameters.into_iter().zip(tensors) {
        assert_eq!(parameter.shape(), tensor.shape(), "{name}");
        *parameter = tensor.clone();
    }
    layer
}

/// Tensors with the shapes of a layer's parameters: normally distributed, around
/// 1 for the weights of a normalization, so that nothing is symmetric or 0.
fn like_parameters(layer: &dyn Layer, seed: u64) -> Vec<Tensor> {
    let parameters = layer.parameters().into_iter().zip(0..);
    let drawn = parameters.map(|((name, tensor), at)| {
        let fan_in = if tensor.ndim() > 1 { tensor.shape()[0] } else { 4 };
        let noise =
            randn(tensor.shape(), seed.wrapping_add(at)).mul_scalar((fan_in as f32).sqrt().recip());
        if name.contains("ln") && name.ends_with("weight") { noise.add_scalar(1.0) } else { noise }
    });
    drawn.collect()
}
