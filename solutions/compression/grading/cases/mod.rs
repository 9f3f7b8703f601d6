//! The hidden cases: one file per task or per part of one.

pub mod blocks;
pub mod codebook;
pub mod compressor;
pub mod csr;
pub mod damage;
pub mod distill;
pub mod encode;
pub mod file_length;
pub mod fine_tune;
pub mod huffman;
pub mod known;
pub mod low_rank;
pub mod magnitude;
pub mod model_masks;
pub mod pattern;
pub mod plan;
pub mod prelude;
pub mod pruning_optimizer;
pub mod schedule;
pub mod sensitivity;
pub mod shared_training;
pub mod smaller_models;
pub mod sparse;
pub mod structured;
pub mod students;
