//! Rounding that lets gradients through.

use crate::{Result, TensorParams};
use tinytorch::{Layer, Mode, NamedSpec, Tensor};

/// Quantizes and dequantizes a tensor. For the gradient, rounding counts as the identity (a *straight-through* estimate): it
/// is 1 where the number has a code of its own, and 0 where it saturates, that is where its code before saturation is
/// below the lowest or above the highest. A tensor without a gradient gives one without.
///
/// # Errors
/// Those of [`quantize`](crate::quantize).
///
/// Source: Bengio et al., "Estimating or Propagating Gradients Through Stochastic Neurons" (2013); Jacob et al. (2018),
/// section 3.
pub fn fake_quantize(tensor: &Tensor, params: &TensorParams) -> Result<Tensor> {
    let _ = (&tensor, &params); // Not used yet: goes with the todo!.
    todo!("detached values, plus what is zero but has a gradient")
}

/// A model of linear layers, convolutions, rectifiers, pooling and flattening that computes with fake-quantized weights, and
/// trains the `f32` weights behind them: those with two or more axes, in a symmetric scheme, with the scales of
/// [`search_params`](crate::search_params) for each channel along the [`output_axis`](crate::output_axis). Biases stay as
/// they are.
#[derive(Debug)]
pub struct FakeQuantized<M> {
    model: M,
    bits: u32,
    /// By the name of the parameter.
    params: Vec<(String, TensorParams)>,
}

impl<M: Layer> FakeQuantized<M> {
    /// Searches the scales of each weight.
    ///
    /// # Errors
    /// [`BadBits`](crate::QuantError::BadBits); [`BadValue`](crate::QuantError::BadValue) of `FakeQuantized::new` for a model
    /// with other layers, with the name of the first; those of [`search_params`](crate::search_params).
    pub fn new(model: M, bits: u32) -> Result<Self> {
        let _ = (&model, &bits); // Not used yet: goes with the todo!.
        todo!("check the layers, search the scales")
    }

    /// Searches the scales again, for the weights as they are now. Until then they stay as they are, however the weights
    /// change.
    ///
    /// # Errors
    /// Those of [`search_params`](crate::search_params).
    pub fn search_again(&mut self) -> Result<()> {
        let _ = (&self.bits, &self.params); // Not used yet: goes with the todo!.
        todo!("for each weight, along its output axis")
    }

    /// The model with its `f32` weights. Given.
    pub fn into_inner(self) -> M {
        self.model
    }
}

impl<M: Layer> Layer for FakeQuantized<M> {
    fn forward(&self, input: &Tensor) -> tinytorch::Result<Tensor> {
        let _ = &input; // Not used yet: goes with the todo!.
        todo!("each layer of the model's specs, with fake-quantized weights")
    }

    fn specs(&self) -> Vec<NamedSpec> {
        self.model.specs()
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        self.model.parameters()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        self.model.parameters_mut()
    }

    fn set_mode(&mut self, mode: Mode) {
        self.model.set_mode(mode);
    }
}
