//! Reads and checks a file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

use super::{Checkpoint, METADATA_ENTRY};
use crate::train::first_non_finite;
use crate::{Result, Tensor, TensorError};

/// Reads a file that [`save`](super::save) wrote, or any other in the format.
///
/// # Errors
/// Names the file and says what to do: when it is missing, cut off, or not a
/// safetensors file; when a tensor is not `F32` or contains a NaN or an infinity.
pub fn load(path: impl AsRef<Path>) -> Result<Checkpoint> {
    let path = path.as_ref();
    let bytes = fs::read(path).map_err(|error| {
        let reason = format!("cannot be read: {error}; check the path, or train the model first");
        TensorError::file(path, reason)
    })?;
    from_bytes(path, &bytes)
}

/// Like [`load`], from bytes in memory, for models that are embedded with
/// `include_bytes!`. Errors show `name` instead of a path.
///
/// # Errors
/// Like [`load`].
pub fn from_bytes(name: impl AsRef<Path>, bytes: &[u8]) -> Result<Checkpoint> {
    let path = name.as_ref();
    let broken = |error: &dyn std::fmt::Display| {
        let reason = format!(
            "is cut off, damaged, or no safetensors file ({} bytes: {error}); \
             get it again, or train the model again",
            bytes.len()
        );
        TensorError::file(path, reason)
    };
    let file = SafeTensors::deserialize(bytes).map_err(|e| broken(&e))?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| broken(&e))?;
    let entries = header.metadata().iter().flatten();
    let metadata = metadata_of(entries.map(|(key, value)| (key.as_str(), value.as_str())));

    let mut tensors = BTreeMap::new();
    for (name, view) in file.tensors() {
        let tensor = tensor_of(&view)
            .map_err(|reason| TensorError::file(path, format!("tensor {name}: {reason}")))?;
        tensors.insert(name, tensor);
    }
    Ok(Checkpoint { path: path.to_path_buf(), metadata, tensors })
}

/// The lines written by this crate, and the entries of other tools.
fn metadata_of<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeMap<String, String> {
    let mut metadata = BTreeMap::new();
    for (key, value) in entries {
        if key == METADATA_ENTRY {
            let lines = value.lines().filter_map(|line| line.split_once('='));
            metadata.extend(lines.map(|(key, value)| (key.to_string(), value.to_string())));
        } else {
            metadata.insert(key.to_string(), value.to_string());
        }
    }
    metadata
}

fn tensor_of(view: &TensorView) -> std::result::Result<Tensor, String> {
    if view.dtype() != Dtype::F32 {
        return Err(format!("its type is {}, not F32; convert it first", view.dtype()));
    }
    let (numbers, _) = view.data().as_chunks::<4>();
    let values: Vec<f32> = numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    if let Some(at) = first_non_finite(&values) {
        let bad = values[at];
        return Err(format!("element {at} is {bad}, not a finite number; train the model again"));
    }
    Tensor::from_vec(values, view.shape()).map_err(|error| error.to_string())
}
