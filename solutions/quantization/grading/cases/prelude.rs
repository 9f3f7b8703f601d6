//! Shared imports and helpers of the case files.

pub use crate::contract::{
    Array, Client, Granularity, Params, Quantized, Scheme, TensorParams, Window,
};
pub use grader_judge::{CallFailure, CaseVerdict, Draw, cases, check};
pub use grader_protocol::Floats;
