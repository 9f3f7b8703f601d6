//! The grading crate of `quantization`: the contract, the hidden cases, and the oracle that knows the answers. Never released.

#![allow(
    clippy::many_single_char_names,
    reason = "m, k, n, i, j, p: as in every text on the subject"
)]

#[macro_use]
pub mod contract;
mod cases;
#[cfg(test)]
mod driver;
mod oracle;

grader_judge::module! {
    slug: "quantization",
    cases: [
        half, half_tensor, params, tensor_params, quantize, quantized_tensor, observe, histogram,
        percentile, requantize, linear, linear_limits, conv, conv_limits, search, packed, stored, sensitivity, choose, fake, tune,
    ],
    shared: ("solutions/data", course_data::SOURCES),
}
