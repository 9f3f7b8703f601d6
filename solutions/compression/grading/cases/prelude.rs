//! Shared imports and helpers of the case files.

pub use crate::contract::{Array, Client, Mask, ModelMasks, Net, Network, Scope, SparsitySchedule};
pub use course_oracle::{elements, normals, refuses, rows, same_bits, wide};
pub use grader_judge::{CaseVerdict, Draw, cases, check, wrong};
pub use grader_protocol::Floats;

/// Elements that are 0. Not inlined, so that the leak suite finds something of this file in a program.
#[inline(never)]
pub fn count_of_zeros(of: &Array) -> usize {
    of.data.0.iter().filter(|x| **x == 0.0).count()
}
