//! What is right, from somewhere else than the reference.

pub mod fit;
pub mod gpt;
pub mod rows;
pub mod sampling;
mod trained;
