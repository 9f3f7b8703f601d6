//! What is computed with tensors, by kind.

mod activation;
mod arithmetic;
mod layout;
mod matmul;
mod reduce;

pub(crate) use reduce::larger;
