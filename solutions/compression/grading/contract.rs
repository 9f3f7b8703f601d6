//! The requests to a `compression` submission, and how the driver answers them.

pub use course_data::{Array, Images, Net, Network};
use grader_protocol::Floats;

grader_protocol::contract! {
    /// The functions that students of `compression` write.
    pub trait Compression;

    #[derive(Copy, Eq)]
    mirror enum Scope <-> compression::Scope { PerLayer, Global }
    /// `Mask::new(shape, kept)`.
    #[derive(Eq)]
    mirror struct Mask <- compression::Mask { shape: Vec<usize> = it.shape().to_vec(), kept: Vec<bool> = it.kept().to_vec() }
    #[derive(Eq)]
    mirror struct ModelMasks <- compression::ModelMasks { masks: Vec<(String, Mask)> = it.masks().to_vec().wire() }

    task magnitude {
        /// `prune_magnitude(weight, sparsity)` and `pruning_threshold(weight, sparsity)`.
        fn prune(weight: Array, sparsity: f64) -> (Mask, f32) {
            let weight = tensor_of(&weight)?;
            let mask = compression::prune_magnitude(&weight, sparsity)?;
            (mask.wire(), compression::pruning_threshold(&weight, sparsity)?)
        }
        /// `apply` of a mask.
        fn apply(mask: Mask, tensor: Array) -> Array { array(&given::mask(mask)?.apply(&tensor_of(&tensor)?)?) }
        /// `prune_model(model, sparsity, scope)`.
        fn prune_model(model: Network, sparsity: f64, scope: Scope) -> ModelMasks {
            compression::prune_model(&course_data::layered(&model)?, sparsity, scope.native())?.wire()
        }
        /// `apply_masks(model, masks)`: its error, if there is one, and the model's parameters afterwards.
        fn apply_masks(model: Network, masks: ModelMasks) -> (Option<String>, Vec<Array>) {
            let mut model = course_data::layered(&model)?;
            let result = compression::apply_masks(&mut model, &given::model_masks(masks)?);
            (result.err().map(|error| error.to_string()), course_data::parameter_arrays(&model))
        }
    }
    task schedule {}
    task structured {}
    task sparse {}
    task low_rank {}
    task distill {}
    task codebook {}
    task encode {}
    task compressor {}
}
