//! Remove what the model does not need: pruning, factoring, distilling, and a file that is a hundredth of the model.
//!
//! | task | file | what you build |
//! |---|---|---|
//! | `magnitude` | `magnitude.rs` | masks that keep the largest weights, of each layer or of the whole model |
//! | `schedule` | `schedule/*.rs` | gradual pruning, and training that keeps pruned weights at 0 |
//! | `structured` | `structured/*.rs` | whole neurons and filters removed, and the next layer rewired |
//! | `sparse` | `sparse/*.rs` | products that skip the zeros, faster than dense ones |
//! | `low_rank` | `low_rank.rs` | two thin matrices in the place of a large one |
//! | `distill` | `distill.rs` | a small model that learns from a large one |
//! | `codebook` | `codebook/*.rs` | weights that share few values, and learn them |
//! | `encode` | `encode/*.rs` | a file format: positions, values, a Huffman code |
//! | `compressor` | `compressor/*.rs` | sensitivity, a model compressed within a budget, a plan for each device |
//!
//! Given, and used by all tasks: [`Mask`], [`ModelMasks`], [`Scope`], [`weights`], [`pruned_count`], [`CompressionError`].
//!
//! Conventions: a *weight* is a parameter with two or more axes; biases and normalizations are never pruned. *Sparsity* is
//! the share of weights that are 0. A linear layer computes `x W + b` with `W` `[inputs, outputs]`; the filters of a
//! convolution are `[filters, channels, height, width]`. Every function that can be called with invalid arguments returns a
//! [`Result`] whose error names the operation.

mod codebook;
mod compressor;
mod distill;
mod encode;
mod error;
mod low_rank;
mod magnitude;
mod mask;
mod schedule;
mod sparse;
mod structured;

pub use codebook::{Codebook, CodebookOptimizer, CodebookTuning, shared_values, tune_codebooks};
pub use compressor::{
    Candidate, Compressed, CompressionReport, DeploymentPlan, Device, LayerSensitivity,
    ModelCompressor, Requirements, Shortfall, SparsityOption, SparsityPattern, deployment_plan,
    sensitivity, sparsity_pattern,
};
pub use distill::{Distillation, distill, distillation_loss, soft_loss};
pub use encode::{
    BitReader, BitWriter, ByteReport, HuffmanCode, byte_report, checksum, decode_model,
    encode_model, load_encoded, seal, unseal,
};
pub use error::{CompressionError, Result};
pub use low_rank::{LowRank, break_even_rank, rank_for_energy};
pub use magnitude::{Scope, apply_masks, prune_magnitude, prune_model, pruning_threshold};
pub use mask::{Mask, ModelMasks, pruned_count, weights};
pub use schedule::{PruningOptimizer, PruningTuning, SparsitySchedule, fine_tune_pruned};
pub use sparse::{BlockSparseLinear, CsrMatrix, SparseLinear, prune_blocks};
pub use structured::{
    filter_norms, keep_filters, keep_neurons, largest, neuron_norms, prune_filters, prune_neurons,
};
