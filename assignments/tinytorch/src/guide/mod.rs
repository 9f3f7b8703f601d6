//! Longer explanations, with pictures and examples that run.
//!
//! | page | what it explains |
//! |---|---|
//! | [`gpt`] | how tensors flow through the GPT: shapes, parameters, work, cache |
//! | [`backward`] | what the backward pass does: the graph, what it keeps, `no_grad` |
//!
//! The pictures are drawn from models that really run: `cargo run --release -p
//! tinytorch --example guide` draws them anew, and a test says when it has to.

pub mod backward;
pub mod gpt;
