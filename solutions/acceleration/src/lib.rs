//! From three nested loops to the speed of a library, one rung at a time.

mod error;
mod matrix;
mod naive;
mod reordered;

pub use error::{AccelError, Result};
pub use matrix::{MatRef, Matrix};
pub use naive::matmul_naive;
pub use reordered::matmul_reordered;
