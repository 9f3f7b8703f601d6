//! The hidden cases: one file per task or per part of one.

pub mod analysis;
pub mod attention;
pub mod attention_limits;
pub mod cache;
pub mod generate;
pub mod growth;
pub mod model;
pub mod prelude;
pub mod refusals;
pub mod sampling;
pub mod script;
pub mod turns;
pub mod window;
pub mod window_attention;
