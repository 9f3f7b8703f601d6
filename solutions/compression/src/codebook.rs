//! Task `codebook`: weights that share few values.

mod cluster;
mod tune;

// BEGIN SOLUTION: -
pub(crate) use cluster::ROUNDS;
// END SOLUTION
pub use cluster::{Codebook, shared_values};
pub use tune::{CodebookOptimizer, CodebookTuning, tune_codebooks};
