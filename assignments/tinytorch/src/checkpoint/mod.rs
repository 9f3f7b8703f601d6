//! Models in files, in the safetensors format.
//!
//! A file holds tensors under their names and metadata: lines of text under
//! their names. Other tools read it too: it is the format of Hugging Face's
//! model files. The metadata lies in one entry, `tinytorch`, as `key=value`
//! lines, sorted: the same model gives the same bytes.
//!
//! A file is either written whole or not at all, and reading checks all of it:
//! every tensor must be `F32` and finite, and [`Checkpoint::load_into`] wants
//! exactly the tensors of the model, each of its shape.
//!
//! ```
//! use tinytorch::{Layer, Rng, checkpoint, models::Mlp};
//!
//! # let folder = std::env::temp_dir().join(format!("tinytorch-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder).unwrap();
//! let path = folder.join("mlp.safetensors");
//! let trained = Mlp::new(&[4, 3, 2], &mut Rng::new(1))?;
//! checkpoint::save(&path, &trained.parameters(), &[("seed", "1")])?;
//!
//! let mut model = Mlp::new(&[4, 3, 2], &mut Rng::new(2))?;
//! let file = checkpoint::load(&path)?;
//! file.load_into(&mut model)?;
//! assert_eq!(model.parameters(), trained.parameters());
//! assert_eq!(file.metadata()["seed"], "1");
//! # std::fs::remove_dir_all(&folder).unwrap();
//! # Ok::<(), tinytorch::TensorError>(())
//! ```
//!
//! Source of the format: <https://github.com/huggingface/safetensors>.

mod assign;
mod read;
mod write;

pub use read::{from_bytes, load};
pub use write::save;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::Tensor;

/// The entry of the file's metadata that holds ours. One entry, because the
/// format does not keep several in order.
const METADATA_ENTRY: &str = "tinytorch";

/// Names of tensors that belong to an unfinished training, and not to the model,
/// begin with this.
pub(crate) const TRAINING_PREFIX: &str = "training/";

/// What was read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    path: PathBuf,
    metadata: BTreeMap<String, String>,
    tensors: BTreeMap<String, Tensor>,
}

impl Checkpoint {
    /// The lines of text that were saved with the tensors.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// All tensors by name.
    pub fn tensors(&self) -> &BTreeMap<String, Tensor> {
        &self.tensors
    }

    /// The file it was read from.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
