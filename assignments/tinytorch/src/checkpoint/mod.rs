//! Models in files, in the safetensors format.
//!
//! A file holds named tensors and named lines of text (metadata). The format is that of
//! Hugging Face's model files, so other tools can read it. The metadata is one entry,
//! `tinytorch`, of sorted `key=value` lines, so the same model always gives the same bytes.
//!
//! A file is written completely or not at all, and reading checks all of it: every tensor
//! must be `F32` and finite, and [`Checkpoint::load_into`] requires exactly the model's
//! tensors, each with its shape.
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

/// The entry of the file's metadata that holds the lines written by this crate. It is a
/// single entry because the format does not keep several in order.
const METADATA_ENTRY: &str = "tinytorch";

/// The prefix of tensors that belong to an unfinished training and not to the model.
pub(crate) const TRAINING_PREFIX: &str = "training/";

/// The contents of a file.
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

    /// The file that was read.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
