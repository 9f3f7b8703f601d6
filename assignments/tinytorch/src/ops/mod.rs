//! What is computed with tensors, by kind.

mod activation;
mod arithmetic;
mod causal;
mod dropout;
mod elementwise;
mod functions;
mod layout;
mod matmul;
mod reduce;
mod softmax;

pub(crate) use elementwise::from_elements;
pub(crate) use reduce::larger;
