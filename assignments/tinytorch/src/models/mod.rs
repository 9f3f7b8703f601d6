//! Whole models, built from the layers.

mod cnn;
mod gpt;
mod mlp;

pub use cnn::{Cnn, CnnConfig};
pub use gpt::{Gpt, GptConfig};
pub use mlp::Mlp;
