//! Named arrays in files: how weights, batches and results go from one process
//! to another, in the safetensors format, which all of them can read.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// Arrays by name.
pub type Arrays = BTreeMap<String, Array>;

/// An array, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// The length of each axis.
    pub shape: Vec<usize>,
    /// The elements.
    pub values: Values,
}

/// The elements of an array.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Weights, pixels, results.
    F32(Vec<f32>),
    /// Token ids and classes.
    I64(Vec<i64>),
}

impl Array {
    /// An array of numbers.
    pub fn floats(shape: &[usize], values: Vec<f32>) -> Self {
        Self { shape: shape.to_vec(), values: Values::F32(values) }
    }

    /// An array of ids.
    pub fn ids(shape: &[usize], ids: &[usize]) -> Self {
        let ids = ids.iter().map(|&id| id as i64).collect();
        Self { shape: shape.to_vec(), values: Values::I64(ids) }
    }

    /// The numbers.
    pub fn as_floats(&self) -> Result<&[f32]> {
        match &self.values {
            Values::F32(values) => Ok(values),
            Values::I64(_) => bail!("expected numbers, found ids"),
        }
    }

    /// The ids.
    pub fn to_ids(&self) -> Result<Vec<usize>> {
        match &self.values {
            Values::I64(ids) => Ok(ids.iter().map(|&id| id as usize).collect()),
            Values::F32(_) => bail!("expected ids, found numbers"),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match &self.values {
            Values::F32(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Values::I64(ids) => ids.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }

    fn dtype(&self) -> Dtype {
        match &self.values {
            Values::F32(_) => Dtype::F32,
            Values::I64(_) => Dtype::I64,
        }
    }

    fn from_view(view: &TensorView<'_>) -> Result<Self> {
        let bytes = view.data();
        let values = match view.dtype() {
            Dtype::F32 => {
                let chunks = bytes.chunks_exact(4);
                Values::F32(chunks.map(|c| f32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect())
            }
            Dtype::I64 => {
                let eight = |c: &[u8]| c.try_into().map(i64::from_le_bytes);
                Values::I64(bytes.chunks_exact(8).map(eight).collect::<Result<_, _>>()?)
            }
            other => bail!("arrays of {other:?} are not exchanged"),
        };
        Ok(Self { shape: view.shape().to_vec(), values })
    }
}

/// Writes the arrays into a file.
pub fn save(path: &Path, arrays: &Arrays) -> Result<()> {
    let bytes: Vec<_> = arrays.values().map(Array::bytes).collect();
    let views = arrays.iter().zip(&bytes).map(|((name, array), bytes)| {
        Ok((name.as_str(), TensorView::new(array.dtype(), array.shape.clone(), bytes)?))
    });
    let views: Vec<_> = views.collect::<Result<_>>()?;
    std::fs::write(path, safetensors::serialize(views, None)?)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Reads the arrays of a file.
pub fn load(path: &Path) -> Result<Arrays> {
    let context = || format!("cannot read {}", path.display());
    let bytes = std::fs::read(path).with_context(context)?;
    let file = SafeTensors::deserialize(&bytes).with_context(context)?;
    let named = file.iter().map(|(name, view)| Ok((name.to_string(), Array::from_view(&view)?)));
    named.collect()
}
