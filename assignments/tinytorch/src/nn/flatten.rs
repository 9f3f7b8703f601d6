//! Flattens images to rows of features.

use crate::layer::leaf;
use crate::{Layer, LayerSpec, NamedSpec, Result, Tensor, TensorError};

/// Merges all axes but the first.
#[derive(Clone, Copy, Debug)]
pub struct Flatten;

impl Layer for Flatten {
    /// # Shapes
    /// `[n, a, b, ...]` to `[n, a * b * ...]`.
    ///
    /// # Cost
    /// Like [`Tensor::reshape`]: usually free.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let Some((&n, rest)) = input.shape().split_first() else {
            let reason = "needs at least 1 axis".to_string();
            return Err(TensorError::shape("flatten", input.shape(), reason));
        };
        input.reshape(&[n, rest.iter().product()])
    }

    fn specs(&self) -> Vec<NamedSpec> {
        leaf(LayerSpec::Flatten)
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        Vec::new()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        Vec::new()
    }
}
