//! Shared imports and helpers of the case files.

pub use crate::contract::{
    Array, Client, Granularity, Layer, Params, Quantized, Scheme, TensorParams, Window,
};
pub use crate::oracle::layers as oracle;
pub use grader_judge::{CallFailure, CaseVerdict, Draw, cases, check};
pub use grader_protocol::Floats;

/// Integers of 64 bits.
pub fn wide(numbers: &[i32]) -> Vec<i64> {
    numbers.iter().map(|number| i64::from(*number)).collect()
}

impl Scheme {
    /// The lowest and the highest code.
    pub const fn range(self) -> (i32, i32) {
        match self {
            Self::Unsigned { bits } => (0, (1 << bits) - 1),
            Self::Signed { bits } => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
            Self::Symmetric { bits } => (1 - (1 << (bits - 1)), (1 << (bits - 1)) - 1),
        }
    }
}
