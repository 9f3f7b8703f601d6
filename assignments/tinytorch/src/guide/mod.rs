//! Longer explanations, with pictures and examples that run.
//!
//! | page | what it explains |
//! |---|---|
//! | [`gpt`] | how tensors flow through the GPT: shapes, parameters, work, cache |

pub mod gpt;
