//! Operations on tensors, by kind.

mod activation;
mod arithmetic;
mod broadcast;
mod causal;
mod dropout;
mod elementwise;
mod functions;
mod layout;
mod math;
mod matmul;
mod reduce;
pub(crate) mod rows;
mod softmax;

pub(crate) use broadcast::BroadcastBlocks;
pub(crate) use elementwise::from_elements;
pub(crate) use reduce::{exceeds, larger};
