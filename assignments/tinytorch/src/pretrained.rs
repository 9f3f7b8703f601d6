//! The course's trained models, compiled into the library.
//!
//! [`mlp()`] and [`cnn()`] read handwritten digits and were trained on augmented copies
//! of 1,266 images; [`gpt()`] adds three-digit numbers and was trained on an endless
//! stream of random sums.
//!
//! ```
//! use tinytorch::{Layer, data::digits, pretrained};
//!
//! let digits = digits::validation()?;
//! let scores = pretrained::mlp()?.forward(&digits.flat()?)?;
//! let right = scores.argmax_axis(1)?.iter().zip(&digits.labels).filter(|(a, b)| a == b).count();
//! assert!(right as f64 / digits.len() as f64 > 0.95);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
#![doc = include_str!("../models/README.md")]

use crate::models::{Cnn, CnnConfig, Gpt, GptConfig, Mlp};
use crate::{Layer, Result, Rng, checkpoint, data};

/// The feature counts of the MLP, from input to output.
pub const MLP_SIZES: [usize; 4] = [784, 128, 64, 10];

/// The sizes of the CNN.
pub const CNN_CONFIG: CnnConfig =
    CnnConfig { in_channels: 1, image: (28, 28), channels: [16, 32], classes: 10 };

/// The sizes of the GPT.
pub const GPT_CONFIG: GptConfig =
    GptConfig { vocab_size: 13, max_seq_len: 256, d_model: 64, n_heads: 4, n_layers: 3 };

const MLP: &[u8] = include_bytes!("../models/mlp.safetensors");
const CNN: &[u8] = include_bytes!("../models/cnn.safetensors");
const GPT: &[u8] = include_bytes!("../models/gpt.safetensors");

/// The MLP 784-128-64-10 that reads digits.
///
/// # Shapes
/// `[n, 784]` pixels from 0 to 1 ([`Digits::flat`](data::digits::Digits::flat)) to
/// `[n, 10]` scores.
///
/// # Errors
/// Never, unless the files of this crate were changed.
pub fn mlp() -> Result<Mlp> {
    let model = Mlp::new(&MLP_SIZES, &mut Rng::new(0))?;
    loaded(model, "models/mlp.safetensors", MLP)
}

/// The CNN that reads digits: two stages of convolution, 16 and 32 channels.
///
/// # Shapes
/// `[n, 1, 28, 28]` pixels from 0 to 1 to `[n, 10]` scores.
///
/// # Errors
/// Never, unless the files of this crate were changed.
pub fn cnn() -> Result<Cnn> {
    let model = Cnn::new(CNN_CONFIG, &mut Rng::new(0))?;
    loaded(model, "models/cnn.safetensors", CNN)
}

/// The GPT that adds. [`addition`](data::addition) describes its input and output. The
/// input must start with the first character of a problem; a question may follow only
/// complete problems.
///
/// # Shapes
/// `B` rows of up to 256 ids to `[B, T, 13]` scores.
///
/// # Errors
/// Never, unless the files of this crate were changed.
pub fn gpt() -> Result<Gpt> {
    let model = Gpt::new(GPT_CONFIG, &mut Rng::new(0))?;
    loaded(model, "models/gpt.safetensors", GPT)
}

/// The expected result of [`fingerprint`]. It is part of the sources, so the sources
/// change with the models.
pub const FINGERPRINT: u64 = 0x0632_292b_686e_1e6b;

/// A fingerprint of the committed models. Caches of results computed with them compare
/// this number to detect that the models have changed.
pub fn fingerprint() -> u64 {
    data::fingerprint(&[MLP, CNN, GPT].concat())
}

fn loaded<M: Layer>(mut model: M, name: &str, bytes: &[u8]) -> Result<M> {
    checkpoint::from_bytes(name, bytes)?.load_into(&mut model)?;
    Ok(model)
}
