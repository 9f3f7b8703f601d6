//! The grading crate of `compression`: the contract, the hidden cases, and the oracle that knows the answers. Never released.

#![allow(
    clippy::many_single_char_names,
    reason = "m, n, r, i, j, p: as in every text on the subject"
)]
#![allow(clippy::needless_pass_by_value, reason = "a case hands over what it has drawn")]
#![allow(clippy::cast_possible_wrap, reason = "sizes and steps that are drawn are small")]
#![allow(clippy::float_cmp, reason = "zeros and kept weights are exact")]

#[macro_use]
pub mod contract;
mod cases;
#[cfg(test)]
mod driver;
#[cfg(test)]
mod kernels;
mod oracle;
mod timed;

grader_judge::module! {
    slug: "compression",
    cases: [magnitude, model_masks, schedule, pruning_optimizer, fine_tune, structured, smaller_models, csr, sparse, blocks, low_rank, distill, students, codebook, shared_training, huffman, encode, file_length, damage, pattern, sensitivity, plan, compressor],
    shared: [("solutions/data", course_data::SOURCES), ("solutions/oracle", course_oracle::SOURCES)],
    timed: timed::TIMED,
}
