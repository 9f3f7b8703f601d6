//! Tensors and models as plain data: what the judge sends to the drivers of several modules.
//!
//! The feature `foundation` adds conversions to and from the foundation's types, for drivers.

#[cfg(feature = "foundation")]
mod convert;
#[cfg(feature = "foundation")]
mod meter;
#[cfg(feature = "foundation")]
mod models;
mod weights;

#[cfg(feature = "foundation")]
pub use convert::{array, drawn_gpt, gpt, gpt_config, tensor};
use grader_protocol::Floats;
#[cfg(feature = "foundation")]
pub use meter::Meter;
#[cfg(feature = "foundation")]
pub use models::{Classifier, batches, classifier, layered, parameter_arrays, scans};
use serde::{Deserialize, Serialize};
pub use weights::{drawn_weights, parameters};

/// The files of this crate: they decide about answers.
pub const SOURCES: &[(&str, &[u8])] = grader_protocol::sources!();

/// A tensor: elements row by row of `shape`, whose axes are then permuted, which makes it a view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Array {
    /// The shape before the permutation.
    pub shape: Vec<usize>,
    /// Elements, row by row of that shape.
    pub data: Floats,
    /// Axis i of the tensor is axis `axes[i]` of the shape; empty for no permutation.
    pub axes: Vec<usize>,
}

/// The sizes of a GPT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Number of different tokens.
    pub vocab_size: usize,
    /// Maximum sequence length.
    pub max_seq_len: usize,
    /// Width of the embeddings (D).
    pub d_model: usize,
    /// Number of attention heads (H).
    pub n_heads: usize,
    /// Number of transformer blocks.
    pub n_layers: usize,
}

/// A classifier: a trained one of the foundation, or one of these sizes, with weight and bias of each layer in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Net {
    /// The MLP that reads digits.
    TrainedMlp,
    /// The CNN that reads digits.
    TrainedCnn,
    /// An MLP: the feature counts from input to output, and its parameters.
    Mlp(Vec<usize>, Vec<Floats>),
    /// A CNN: channels of an image, its height and width, channels of each convolution, classes; and its parameters.
    Cnn([usize; 6], Vec<Floats>),
}

/// Any model of the foundation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Network {
    /// A classifier.
    Net(Net),
    /// A GPT whose weights are [drawn](drawn_weights) from a seed.
    Gpt(Sizes, u64),
}

/// Batches of images for a [`Net`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Images {
    /// These.
    Given(Vec<Array>),
    /// One batch of digits: rows of 64 pixels and a label, which may be any digit.
    Scans(String),
    /// So many images from the beginning of the foundation's training set, in batches of 50.
    Training(usize),
}
