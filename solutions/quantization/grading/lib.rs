//! The grading crate of `quantization`: the contract, the hidden cases, and the oracle that knows the answers. Never released.

#![allow(
    clippy::many_single_char_names,
    reason = "m, k, n, i, j, p: as in every text on the subject"
)]
#![allow(clippy::needless_pass_by_value, reason = "a case hands over what it has drawn")]
#![allow(clippy::float_cmp, reason = "oracles of rounding compare numbers that are exact")]
#![allow(clippy::cast_possible_wrap, reason = "sizes and codes that are drawn are small")]

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
    slug: "quantization",
    cases: [half, half_tensor, params, tensor_params, quantize, quantized_tensor, observe, moving_average, percentile, histogram, requantize, linear, linear_limits, conv, conv_limits, fold, pool, model, model_layers, model_digits, packed_matrix, packed_filters, packed_layers, int8, search, packed, choose, stored, sensitivity, fake, tune],
    shared: [("solutions/data", course_data::SOURCES), ("solutions/oracle", course_oracle::SOURCES)],
    timed: timed::TIMED,
}
