//! Task `codebook`: weights that share few values.

mod cluster;
mod tune;

pub use cluster::{Codebook, shared_values};
pub use tune::{CodebookOptimizer, CodebookTuning, tune_codebooks};
