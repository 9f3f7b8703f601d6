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
    // BEGIN SOLUTION: detached values, plus what is zero but has a gradient
    let rounded = crate::quantize(tensor, params)?.dequantize()?;
    let shape = tensor.shape();
    let has_code = |(at, x): (usize, f32)| {
        let params = params.at(shape, at);
        let steps = (x * (1.0 / params.scale())).round_ties_even();
        let low = params.scheme().min() - params.zero_point();
        let high = params.scheme().max() - params.zero_point();
        if low as f32 <= steps && steps <= high as f32 { 1.0 } else { 0.0 }
    };
    let mask = tensor.to_vec().into_iter().enumerate().map(has_code).collect();
    let kept = tensor.mul(&Tensor::from_vec(mask, shape)?)?;
    Ok(rounded.add(&kept.sub(&kept.detach())?)?)
    // END SOLUTION
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
        // BEGIN SOLUTION: check the layers, search the scales
        use tinytorch::LayerSpec::{Conv2d, Flatten, Linear, MaxPool2d, Relu};

        crate::Scheme::Symmetric { bits }.checked()?;
        for NamedSpec { name, spec } in model.specs() {
            if !matches!(spec, Linear { .. } | Conv2d { .. } | MaxPool2d { .. } | Flatten | Relu) {
                let reason = format!("the layer `{name}` is {spec:?}, which is not supported");
                let operation = "FakeQuantized::new";
                return Err(crate::QuantError::BadValue { operation, reason });
            }
        }
        let mut fake = Self { model, bits, params: Vec::new() };
        fake.search_again()?;
        Ok(fake)
        // END SOLUTION
    }

    /// Searches the scales again, for the weights as they are now. Until then they stay as they are, however the weights
    /// change.
    ///
    /// # Errors
    /// Those of [`search_params`](crate::search_params).
    pub fn search_again(&mut self) -> Result<()> {
        // BEGIN SOLUTION: for each weight, along its output axis
        let scheme = crate::Scheme::Symmetric { bits: self.bits };
        let mut params = Vec::new();
        for (name, weight) in self.model.parameters() {
            if weight.ndim() >= 2 {
                let axis = crate::output_axis(&name, weight);
                let granularity = crate::Granularity::PerChannel { axis };
                params.push((name, crate::search_params(weight, scheme, granularity)?));
            }
        }
        self.params = params;
        Ok(())
        // END SOLUTION
    }

    /// The model with its `f32` weights. Given.
    pub fn into_inner(self) -> M {
        self.model
    }
    // BEGIN SOLUTION: -

    /// The parameter called `name`, fake-quantized if it is a weight; `None` if the model has no such parameter.
    fn parameter(&self, name: &str) -> Result<Option<Tensor>> {
        let parameters = self.model.parameters();
        let Some((_, parameter)) = parameters.into_iter().find(|(other, _)| other == name) else {
            return Ok(None);
        };
        match self.params.iter().find(|(other, _)| other == name) {
            Some((_, params)) => fake_quantize(parameter, params).map(Some),
            None => Ok(Some(parameter.clone())),
        }
    }

    /// The weight and the bias of a layer.
    fn weight_and_bias(&self, layer: &str) -> tinytorch::Result<(Tensor, Option<Tensor>)> {
        let parameter = |kind: &str| {
            let name = if layer.is_empty() { kind.to_owned() } else { format!("{layer}.{kind}") };
            self.parameter(&name).map_err(|error| match error {
                crate::QuantError::Tensor(error) => error,
                error => invalid(error.to_string()),
            })
        };
        let weight = parameter("weight")?;
        let weight = weight.ok_or_else(|| invalid(format!("`{layer}` has no weight")))?;
        Ok((weight, parameter("bias")?))
    }
    // END SOLUTION
}
// BEGIN SOLUTION: -

fn invalid(reason: String) -> tinytorch::TensorError {
    tinytorch::TensorError::InvalidConfig { op: "FakeQuantized::forward", reason }
}
// END SOLUTION

impl<M: Layer> Layer for FakeQuantized<M> {
    fn forward(&self, input: &Tensor) -> tinytorch::Result<Tensor> {
        // BEGIN SOLUTION: each layer of the model's specs, with fake-quantized weights
        use tinytorch::{LayerSpec, nn};

        let mut output = input.clone();
        for NamedSpec { name, spec } in self.model.specs() {
            output = match spec {
                LayerSpec::Linear { .. } => {
                    let (weight, bias) = self.weight_and_bias(&name)?;
                    nn::Linear::from_parameters(weight, bias)?.forward(&output)?
                }
                LayerSpec::Conv2d { stride, padding, .. } => {
                    let (weight, bias) = self.weight_and_bias(&name)?;
                    nn::Conv2d::from_parameters(weight, bias, stride, padding)?.forward(&output)?
                }
                LayerSpec::MaxPool2d { kernel, stride } => {
                    nn::MaxPool2d::new(kernel, stride)?.forward(&output)?
                }
                LayerSpec::Flatten => nn::Flatten.forward(&output)?,
                LayerSpec::Relu => nn::Relu.forward(&output)?,
                other => return Err(invalid(format!("`{name}` is {other:?}"))),
            };
        }
        Ok(output)
        // END SOLUTION
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
