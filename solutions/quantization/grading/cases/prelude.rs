//! Shared imports and helpers of the case files.

pub use crate::contract::{
    Array, Client, Granularity, HalfFormat, ObserverKind, ObserverStep, Params, Quantized, Scheme,
    TensorParams, Window,
};
pub use course_oracle::{elements, normals, refuses, rows, same_bits};
pub use grader_judge::{CallFailure, CaseVerdict, Draw, cases, check, wrong};
pub use grader_protocol::{Answer, Floats};

/// All formats.
pub const FORMATS: [HalfFormat; 2] = [HalfFormat::F16, HalfFormat::Bf16];

/// A scheme with any number of bits. Not inlined, so that the leak suite finds something of this file in a program.
#[inline(never)]
pub fn any_scheme(draw: &mut Draw) -> Scheme {
    let bits = draw.int(2..=8) as u32;
    *draw.pick(&[Scheme::Unsigned { bits }, Scheme::Signed { bits }, Scheme::Symmetric { bits }])
}
