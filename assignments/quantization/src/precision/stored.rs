//! The weights of a model as they are stored.

use crate::{HalfTensor, PackedTensor, Result};
use tinytorch::{Layer, Tensor};

/// How a parameter is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageFormat {
    /// Four bytes a number.
    F32,
    /// Two bytes: [`HalfFormat::F16`](crate::HalfFormat::F16).
    F16,
    /// Two bytes: [`HalfFormat::Bf16`](crate::HalfFormat::Bf16).
    Bf16,
    /// Packed codes of a symmetric scheme, with the scales of [`search_params`](crate::search_params) for each channel
    /// along the [`output_axis`].
    Integer {
        /// 2 to 8.
        bits: u32,
    },
}

/// A stored parameter.
#[derive(Clone, Debug)]
pub enum StoredTensor {
    /// In `f32`.
    Full(Tensor),
    /// In 16-bit floats.
    Half(HalfTensor),
    /// In codes.
    Packed(PackedTensor),
}

/// The axis of a parameter's channels: its outputs. Axis 0 of a parameter with four axes (filters) and of one whose name
/// contains `emb` (rows of a table), the last axis of any other.
pub fn output_axis(name: &str, parameter: &Tensor) -> usize {
    let _ = (&name, &parameter); // Not used yet: goes with the todo!.
    todo!("by the number of axes and the name")
}

/// All parameters of a model, by name, as they are stored. To be used, they are expanded to `f32`: this saves bytes on disk
/// and on the way, not in the arithmetic. (That is how the weights of large language models are quantized.)
#[derive(Clone, Debug)]
pub struct StoredWeights {
    tensors: Vec<(String, StoredTensor)>,
}

impl StoredWeights {
    /// Stores each parameter, in the order of the model, in the format that `format` gives for its name. Parameters with
    /// one axis (biases and the weights of normalizations) stay in `f32`, whatever `format` says: they are few, and
    /// everything depends on them.
    ///
    /// # Errors
    /// Those of [`search_params`](crate::search_params) and [`quantize`](crate::quantize).
    pub fn new<M: Layer>(model: &M, format: impl Fn(&str) -> StorageFormat) -> Result<Self> {
        let _ = (&model, &format); // Not used yet: goes with the todo!.
        todo!("each parameter in its format")
    }

    /// Writes the stored numbers into the parameters of a model, by name.
    ///
    /// # Errors
    /// Of `StoredWeights::load_into`: [`BadValue`](crate::QuantError::BadValue) with the first name that only the model or
    /// only these weights have; [`ShapeMismatch`](crate::QuantError::ShapeMismatch) when a parameter has another shape,
    /// with the model's shape and the stored one. The model is then unchanged.
    pub fn load_into<M: Layer>(&self, model: &mut M) -> Result<()> {
        let _ = &model; // Not used yet: goes with the todo!.
        todo!("expand, check everything, then write")
    }

    /// Bytes that have to be stored: four for each number in `f32`, and those of the other tensors.
    pub fn nbytes(&self) -> usize {
        todo!("those of each tensor")
    }

    /// The parameters. Given.
    pub fn tensors(&self) -> &[(String, StoredTensor)] {
        &self.tensors
    }
}
