//! The hidden cases: one file per task or per part of one.

pub mod backend;
pub mod blocked;
pub mod columns;
pub mod conv;
pub mod naive;
pub mod parallel;
pub mod prelude;
pub mod reordered;
pub mod roofline;
pub mod rungs;
pub mod tiled;
