//! Activation functions as layers; the functions themselves are methods of
//! [`Tensor`].

use crate::layer::leaf;
use crate::{Layer, LayerSpec, NamedSpec, Result, Tensor, TensorError};

/// [`Tensor::relu`] as a layer. The shape does not change.
#[derive(Clone, Copy, Debug)]
pub struct Relu;

/// [`Tensor::gelu`] as a layer: the tanh approximation. The shape does not
/// change.
#[derive(Clone, Copy, Debug)]
pub struct Gelu;

/// [`Tensor::softmax`] over the last axis, as a layer. The shape does not
/// change.
#[derive(Clone, Copy, Debug)]
pub struct Softmax;

impl Layer for Relu {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        Ok(input.relu())
    }

    fn specs(&self) -> Vec<NamedSpec> {
        leaf(LayerSpec::Relu)
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        Vec::new()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        Vec::new()
    }
}

impl Layer for Gelu {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        Ok(input.gelu())
    }

    fn specs(&self) -> Vec<NamedSpec> {
        leaf(LayerSpec::Gelu)
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        Vec::new()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        Vec::new()
    }
}

impl Layer for Softmax {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let last = input.ndim().checked_sub(1).ok_or_else(|| {
            let reason = "needs at least 1 axis".to_string();
            TensorError::shape("softmax", input.shape(), reason)
        })?;
        input.softmax(last)
    }

    fn specs(&self) -> Vec<NamedSpec> {
        leaf(LayerSpec::Softmax)
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        Vec::new()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        Vec::new()
    }
}
