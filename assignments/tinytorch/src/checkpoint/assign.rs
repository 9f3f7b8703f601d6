//! Copies a loaded checkpoint into a model.

use super::{Checkpoint, TRAINING_PREFIX};
use crate::{Layer, Result, TensorError, layer};

impl Checkpoint {
    /// Sets every parameter of the model to the tensor of the same name. Tensors
    /// that belong to an unfinished training are ignored.
    ///
    /// # Errors
    /// Names the file and every tensor that is missing, unknown to the model, or
    /// of another shape. The model does not change.
    ///
    /// # Cost
    /// Nothing is copied until a parameter changes.
    pub fn load_into(&self, model: &mut dyn Layer) -> Result<()> {
        let own = self.tensors.iter().filter(|(name, _)| !name.starts_with(TRAINING_PREFIX));
        let own = own.map(|(name, tensor)| (name.clone(), tensor.clone())).collect();
        layer::load_parameters(model, own).map_err(|error| {
            let advice = "build the model with the sizes it was saved with";
            TensorError::file(&self.path, format!("does not fit the model: {error}; {advice}"))
        })
    }
}
