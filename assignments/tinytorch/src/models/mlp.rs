//! The multi-layer perceptron.

use crate::nn::{Linear, Relu, Sequential};
use crate::{Layer, Mode, NamedSpec, Result, Rng, Tensor, TensorError};

/// Linear layers with a [`Relu`] between them: `fc1`, `relu1`, `fc2`, ...
#[derive(Debug)]
pub struct Mlp {
    layers: Sequential,
}

impl Mlp {
    /// Random weights. `sizes` are the feature counts from input to output:
    /// `[784, 128, 64, 10]` gives three linear layers.
    ///
    /// # Errors
    /// When there are fewer than two sizes.
    pub fn new(sizes: &[usize], rng: &mut Rng) -> Result<Self> {
        if sizes.len() < 2 {
            let reason = format!("sizes {sizes:?} must name at least an input and an output");
            return Err(TensorError::config("mlp", reason));
        }
        let mut layers: Vec<(String, Box<dyn Layer>)> = Vec::new();
        for (i, pair) in sizes.windows(2).enumerate() {
            if i > 0 {
                layers.push((format!("relu{i}"), Box::new(Relu)));
            }
            let linear = Linear::new(pair[0], pair[1], true, rng);
            layers.push((format!("fc{}", i + 1), Box::new(linear)));
        }
        Ok(Self { layers: Sequential::new(layers) })
    }

    /// The layers with their names.
    pub fn layers(&self) -> &Sequential {
        &self.layers
    }
}

impl Layer for Mlp {
    /// # Shapes
    /// `[..., first size]` to `[..., last size]`: scores, not probabilities.
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
