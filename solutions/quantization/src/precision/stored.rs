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
    // BEGIN SOLUTION: by the number of axes and the name
    let axes = parameter.ndim();
    if axes == 4 || name.contains("emb") { 0 } else { axes.saturating_sub(1) }
    // END SOLUTION
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
        // BEGIN SOLUTION: each parameter in its format
        let mut tensors = Vec::new();
        for (name, parameter) in model.parameters() {
            let format = if parameter.ndim() < 2 { StorageFormat::F32 } else { format(&name) };
            let stored = StoredTensor::new(&name, parameter, format)?;
            tensors.push((name, stored));
        }
        Ok(Self { tensors })
        // END SOLUTION
    }

    /// Writes the stored numbers into the parameters of a model, by name.
    ///
    /// # Errors
    /// Of `StoredWeights::load_into`: [`BadValue`](crate::QuantError::BadValue) with the first name that only the model or
    /// only these weights have; [`ShapeMismatch`](crate::QuantError::ShapeMismatch) when a parameter has another shape,
    /// with the model's shape and the stored one. The model is then unchanged.
    pub fn load_into<M: Layer>(&self, model: &mut M) -> Result<()> {
        // BEGIN SOLUTION: expand, check everything, then write
        use crate::QuantError::{BadValue, ShapeMismatch};

        const OPERATION: &str = "StoredWeights::load_into";
        let mut expanded = std::collections::BTreeMap::new();
        for (name, stored) in &self.tensors {
            expanded.insert(name.as_str(), stored.expand()?);
        }
        let mut parameters = Vec::new();
        for (name, parameter) in model.parameters() {
            let Some(tensor) = expanded.remove(name.as_str()) else {
                let reason = format!("there is no stored parameter `{name}`");
                return Err(BadValue { operation: OPERATION, reason });
            };
            if tensor.shape() != parameter.shape() {
                return Err(ShapeMismatch {
                    operation: OPERATION,
                    left: parameter.shape().to_vec(),
                    right: tensor.shape().to_vec(),
                    reason: format!("`{name}` has another shape"),
                });
            }
            parameters.push((name, tensor));
        }
        if let Some(name) = expanded.keys().next() {
            let reason = format!("the model has no parameter `{name}`");
            return Err(BadValue { operation: OPERATION, reason });
        }
        Ok(tinytorch::layer::load_parameters(model, parameters)?)
        // END SOLUTION
    }

    /// Bytes that have to be stored: four for each number in `f32`, and those of the other tensors.
    pub fn nbytes(&self) -> usize {
        // BEGIN SOLUTION: those of each tensor
        self.tensors.iter().map(|(_, stored)| stored.nbytes()).sum()
        // END SOLUTION
    }

    /// The parameters. Given.
    pub fn tensors(&self) -> &[(String, StoredTensor)] {
        &self.tensors
    }
}
// BEGIN SOLUTION: -

impl StoredTensor {
    /// Stores a parameter.
    pub(super) fn new(name: &str, parameter: &Tensor, format: StorageFormat) -> Result<Self> {
        use crate::{Granularity, HalfFormat, Scheme, quantize, search_params};

        Ok(match format {
            StorageFormat::F32 => Self::Full(parameter.detach()),
            StorageFormat::F16 => Self::Half(HalfTensor::from_tensor(parameter, HalfFormat::F16)),
            StorageFormat::Bf16 => Self::Half(HalfTensor::from_tensor(parameter, HalfFormat::Bf16)),
            StorageFormat::Integer { bits } => {
                let granularity = Granularity::PerChannel { axis: output_axis(name, parameter) };
                let params = search_params(parameter, Scheme::Symmetric { bits }, granularity)?;
                Self::Packed(PackedTensor::new(&quantize(parameter, &params)?))
            }
        })
    }

    /// The stored numbers.
    pub(super) fn expand(&self) -> Result<Tensor> {
        match self {
            Self::Full(tensor) => Ok(tensor.clone()),
            Self::Half(tensor) => tensor.to_tensor(),
            Self::Packed(tensor) => tensor.unpack()?.dequantize(),
        }
    }

    /// Bytes that have to be stored.
    pub(super) fn nbytes(&self) -> usize {
        match self {
            Self::Full(tensor) => tensor.nbytes(),
            Self::Half(tensor) => tensor.nbytes(),
            Self::Packed(tensor) => tensor.nbytes(),
        }
    }
}
// END SOLUTION
