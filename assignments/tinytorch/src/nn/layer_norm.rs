//! Layer normalization.

use super::normalize::{self, NormParameters};
use crate::autograd::BackwardFn;
use crate::layer::leaf;
use crate::ops::rows::elements;
use crate::{Layer, LayerSpec, NamedSpec, Result, Tensor, TensorError};

/// Normalizes the last axis to mean 0 and variance 1, then multiplies by a
/// weight and adds a bias.
///
/// Source: Ba, Kiros, Hinton, "Layer Normalization" (2016).
///
/// # Shapes
/// Weight and bias `[dim]`.
#[derive(Clone, Debug)]
pub struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
    eps: f32,
}

impl LayerNorm {
    /// Weight 1 and bias 0. `eps` is added to the variance, so that a constant
    /// row does not divide by 0; 1e-5 is common.
    pub fn new(dim: usize, eps: f32) -> Self {
        let weight = Tensor::ones(&[dim]);
        let bias = Tensor::zeros(&[dim]);
        Self { weight, bias, eps }
    }

    /// A layer with the given weight and bias, both `[dim]`.
    ///
    /// # Errors
    /// When they do not each have one axis, of the same length.
    pub fn from_parameters(weight: Tensor, bias: Tensor, eps: f32) -> Result<Self> {
        if weight.ndim() != 1 || weight.shape() != bias.shape() {
            let reason = "weight and bias must both be [dim]".to_string();
            return Err(TensorError::mismatch("layer_norm", weight.shape(), bias.shape(), reason));
        }
        Ok(Self { weight, bias, eps })
    }

    /// The length of the last axis.
    pub fn dim(&self) -> usize {
        self.weight.len()
    }

    /// The weight, `[dim]`.
    pub fn weight(&self) -> &Tensor {
        &self.weight
    }

    /// The bias, `[dim]`.
    pub fn bias(&self) -> &Tensor {
        &self.bias
    }

    /// The number that is added to the variance.
    pub fn eps(&self) -> f32 {
        self.eps
    }
}

/// The gradients of input, weight and bias. Mean and variance are recomputed
/// rather than kept: the row is in the cache at that time anyway.
fn shares(needs: [bool; 3], input: Tensor, weight: Tensor, eps: f32) -> BackwardFn {
    Box::new(move |grad| {
        let shape = input.shape();
        let dim = weight.len();
        let mut of_input = vec![0.0; input.len()];
        let mut of_weight = Vec::new();
        let mut of_bias = Vec::new();
        if dim > 0 {
            let input = elements(&input);
            let weight = elements(&weight);
            let grad = elements(grad);
            let norm = NormParameters { weight: &weight, eps };
            (of_weight, of_bias) = normalize::backward(&input, norm, &grad, &mut of_input);
        }
        let of_input = needs[0].then(|| Tensor::from_vec(of_input, shape));
        let of_weight = needs[1].then(|| Tensor::from_vec(of_weight, &[dim]));
        let of_bias = needs[2].then(|| Tensor::from_vec(of_bias, &[dim]));
        Ok(vec![of_input.transpose()?, of_weight.transpose()?, of_bias.transpose()?])
    })
}

impl Layer for LayerNorm {
    /// The variance is that of the row (divided by `dim`), computed after
    /// subtracting the mean, so a large mean costs no precision.
    ///
    /// # Shapes
    /// `[..., dim]` to `[..., dim]`.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let dim = self.dim();
        let shape = input.shape();
        if shape.last() != Some(&dim) {
            let reason = format!("the last dimension must be dim, {dim}");
            return Err(TensorError::mismatch("layer_norm", shape, self.weight.shape(), reason));
        }
        let mut output = vec![0.0; input.len()];
        if dim > 0 {
            let weight = elements(&self.weight);
            let bias = elements(&self.bias);
            let norm = NormParameters { weight: &weight, eps: self.eps };
            normalize::forward(&elements(input), norm, &bias, &mut output);
        }
        let output = Tensor::from_vec(output, shape)?;
        Ok(output.record([input, &self.weight, &self.bias], |needs| {
            shares(needs, input.detach(), self.weight.detach(), self.eps)
        }))
    }

    fn specs(&self) -> Vec<NamedSpec> {
        leaf(LayerSpec::LayerNorm { dim: self.dim() })
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        vec![("weight".to_string(), &self.weight), ("bias".to_string(), &self.bias)]
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        vec![("weight".to_string(), &mut self.weight), ("bias".to_string(), &mut self.bias)]
    }
}
