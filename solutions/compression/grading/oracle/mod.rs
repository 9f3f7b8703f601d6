//! Independent answers: plain loops in `f64`, and values from `SciPy` and `PyTorch`.

pub mod codebook;
pub mod distill;
pub mod huffman;
pub mod low_rank;
pub mod magnitude;
pub mod optimizer;
pub mod sparse;
pub mod structured;
