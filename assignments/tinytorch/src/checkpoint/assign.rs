//! From what was read into a model.

use super::{Checkpoint, TRAINING_PREFIX};
use crate::{Layer, Result, TensorError, layer};

impl Checkpoint {
    /// Gives every parameter of the model the elements of the tensor with its
    /// name. What belongs to an unfinished training is left aside.
    ///
    /// # Errors
    /// Names the file, and every tensor that is missing, that the model does not
    /// have, or that has another shape. The model has not changed then.
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
