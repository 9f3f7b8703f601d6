//! Longer explanations, with pictures and runnable examples.
//!
//! | page | subject |
//! |---|---|
//! | [`gpt`] | how tensors flow through the GPT: shapes, parameters, work, cache |
//! | [`backward`] | the backward pass: the graph, what it keeps, `no_grad` |
//!
//! The pictures are drawn from real runs of the models. A test fails when they
//! are out of date; `cargo run --release -p tinytorch --example guide` redraws
//! them.

pub mod backward;
pub mod gpt;
