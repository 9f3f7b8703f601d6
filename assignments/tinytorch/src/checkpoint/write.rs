//! Writes a file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use safetensors::tensor::{Dtype, View};

use super::METADATA_ENTRY;
use crate::ops::rows::elements;
use crate::train::first_non_finite;
use crate::{Result, Tensor, TensorError};

/// Writes tensors and metadata to a file, replacing an existing one.
///
/// The bytes go to a temporary file in the same folder, which is then renamed:
/// a reader never sees half a file, and a failure leaves the old file.
///
/// # Errors
/// When a tensor is not finite, two tensors have the same name, a key of the
/// metadata contains `=` or a line break, a value contains a line break, or the
/// file cannot be written.
pub fn save(
    path: impl AsRef<Path>,
    parameters: &[(String, &Tensor)],
    metadata: &[(&str, &str)],
) -> Result<()> {
    let path = path.as_ref();
    write_atomically(path, &to_bytes(path, parameters, metadata)?)
        .map_err(|error| TensorError::file(path, format!("cannot be written: {error}")))
}

fn to_bytes(
    path: &Path,
    parameters: &[(String, &Tensor)],
    metadata: &[(&str, &str)],
) -> Result<Vec<u8>> {
    let mut tensors = BTreeMap::new();
    for (name, tensor) in parameters {
        if let Some(at) = first_non_finite(&elements(tensor)) {
            let reason = format!("element {at} is not finite, so it is not worth saving");
            return Err(TensorError::parameter("save", name, reason));
        }
        if tensors.insert(name, TensorBytes(tensor)).is_some() {
            let reason = "two parameters have this name; give the layers different names";
            return Err(TensorError::parameter("save", name, reason));
        }
    }
    let lines = metadata_lines(metadata)?;
    let entry = (!lines.is_empty()).then(|| [(METADATA_ENTRY.to_string(), lines)]);
    safetensors::serialize(tensors, entry.map(|entry| entry.into_iter().collect()))
        .map_err(|error| TensorError::file(path, format!("cannot be written: {error}")))
}

/// `key=value` lines, sorted.
fn metadata_lines(metadata: &[(&str, &str)]) -> Result<String> {
    let mut lines = Vec::new();
    for (key, value) in metadata {
        if key.contains(['=', '\n']) || value.contains('\n') {
            let reason = format!("metadata {key:?}={value:?}: no line break, and no = in the key");
            return Err(TensorError::config("save", reason));
        }
        lines.push(format!("{key}={value}"));
    }
    lines.sort();
    Ok(lines.join("\n"))
}

/// A tensor as the format stores it: row by row, little-endian.
struct TensorBytes<'a>(&'a Tensor);

impl View for TensorBytes<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        self.0.shape()
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Owned(self.0.data.iter().flat_map(|x| x.to_le_bytes()).collect())
    }

    fn data_len(&self) -> usize {
        self.0.nbytes()
    }
}

fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = temporary_beside(path)?;
    let file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
    let result = write_and_sync(file, bytes).and_then(|()| fs::rename(&temporary, path));
    if result.is_err() {
        // Report the first error.
        let _ = fs::remove_file(&temporary);
    }
    result
}

fn write_and_sync(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// In the same folder, because a file cannot be renamed to another file system;
/// and with a number, because two threads may write at once.
fn temporary_beside(path: &Path) -> io::Result<PathBuf> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
    };
    let process = std::process::id();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    Ok(path.with_file_name(format!(".{}.{process}.{count}.tmp", name.display())))
}
