//! A library's matrix product, for comparison. Given.

use tinytorch::Tensor;

use crate::Result;

/// The product by ndarray, which calls the `matrixmultiply` crate: your rungs are compared with it.
/// **No rung may call it**: such a kernel is not your own work, and the grader checks which
/// functions each of yours calls.
///
/// # Shapes
/// `[m, k] x [k, n]` to `[m, n]`.
///
/// # Errors
/// [`AccelError::Tensor`](crate::AccelError::Tensor) when the shapes do not fit.
pub fn matmul_library(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    Ok(a.matmul(b)?)
}
