//! Layer normalization.

use ndarray::Axis;

use crate::layer::leaf;
use crate::{Layer, LayerSpec, NamedSpec, Result, Tensor, TensorError};

/// Shifts and scales the last axis to mean 0 and variance 1, then multiplies
/// by a weight and adds a bias.
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
    /// row does not divide by 0; 1e-5 is usual.
    pub fn new(dim: usize, eps: f32) -> Self {
        let (weight, bias) = (Tensor::ones(&[dim]), Tensor::zeros(&[dim]));
        Self { weight, bias, eps }
    }

    /// A layer with the given weight and bias, both `[dim]`.
    ///
    /// # Errors
    /// When they do not have one axis of the same length.
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

    /// What is added to the variance.
    pub fn eps(&self) -> f32 {
        self.eps
    }
}

impl Layer for LayerNorm {
    /// The variance is that of the row itself (divided by `dim`), taken after
    /// the mean is subtracted: a large mean costs no precision.
    ///
    /// # Shapes
    /// `[..., dim]` to `[..., dim]`.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let (dim, shape) = (self.dim(), input.shape());
        if shape.last() != Some(&dim) {
            let reason = format!("the last dimension must be dim, {dim}");
            return Err(TensorError::mismatch("layer_norm", shape, self.weight.shape(), reason));
        }
        let (last, count) = (Axis(shape.len() - 1), dim as f32);
        let mean = input.data.sum_axis(last).insert_axis(last) / count;
        let mut row = &input.data - &mean;
        let variance = row.mapv(|x| x * x).sum_axis(last).insert_axis(last) / count;
        row /= &variance.mapv_into(|v| (v + self.eps).sqrt());
        row *= &self.weight.data;
        row += &self.bias.data;
        Ok(Tensor::from_array(row))
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
