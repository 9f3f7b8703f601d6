//! Layers in sequence.

use std::fmt;

use crate::layer::{parameters_of, parameters_of_mut, specs_of};
use crate::{Layer, Mode, NamedSpec, Result, Tensor};

/// Named layers, each applied to the output of the one before.
pub struct Sequential {
    layers: Vec<(String, Box<dyn Layer>)>,
}

impl Sequential {
    /// The layers in order of execution. Use different names, because they
    /// become part of the parameter names.
    pub fn new(layers: Vec<(String, Box<dyn Layer>)>) -> Self {
        Self { layers }
    }

    /// The layers with their names.
    pub fn layers(&self) -> &[(String, Box<dyn Layer>)] {
        &self.layers
    }
}

impl Layer for Sequential {
    /// # Errors
    /// The name and the error of the first layer that fails. Without layers,
    /// the output is the input.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let mut output = input.clone();
        for (name, layer) in &self.layers {
            output = layer.forward(&output).map_err(|e| e.in_layer(name))?;
        }
        Ok(output)
    }

    fn specs(&self) -> Vec<NamedSpec> {
        let layers = self.layers.iter();
        layers.flat_map(|(name, layer)| specs_of(name, layer.as_ref())).collect()
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        let layers = self.layers.iter();
        layers.flat_map(|(name, layer)| parameters_of(name, layer.as_ref())).collect()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        let layers = self.layers.iter_mut();
        layers.flat_map(|(name, layer)| parameters_of_mut(name, layer.as_mut())).collect()
    }

    fn set_mode(&mut self, mode: Mode) {
        for (_, layer) in &mut self.layers {
            layer.set_mode(mode);
        }
    }
}

impl fmt::Debug for Sequential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.specs()).finish()
    }
}
