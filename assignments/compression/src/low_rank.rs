//! Task `low_rank`: two thin matrices in the place of a large one.

use crate::Result;
use tinytorch::Tensor;

/// A matrix `[m, n]` as the product of two: `left` `[m, r]` and `right` `[r, n]`.
#[derive(Clone, Debug)]
pub struct LowRank {
    left: Tensor,
    right: Tensor,
    error: f64,
}

impl LowRank {
    /// The best approximation of this rank: the singular values are shared between both factors, a square root each.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `LowRank::new` if there are not two axes, for rank 0, and for a rank
    /// that does not store less: above [`break_even_rank`]. Those of [`svd`](tinytorch::linalg::svd).
    ///
    /// Source: Eckart and Young, "The approximation of one matrix by another of lower rank" (1936).
    pub fn new(matrix: &Tensor, rank: usize) -> Result<Self> {
        let _ = (&matrix, &rank); // Not used yet: goes with the todo!.
        todo!("the first singular vectors")
    }

    /// The approximation of the least rank with at least this share of the energy: see [`rank_for_energy`].
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `LowRank::with_energy` if there are not two axes, and if that rank
    /// does not store less. Those of [`rank_for_energy`] and [`svd`](tinytorch::linalg::svd).
    pub fn with_energy(matrix: &Tensor, energy: f64) -> Result<Self> {
        let _ = (&matrix, &energy); // Not used yet: goes with the todo!.
        todo!("choose the rank")
    }

    /// `[m, r]`.
    pub fn left(&self) -> &Tensor {
        &self.left
    }

    /// `[r, n]`.
    pub fn right(&self) -> &Tensor {
        &self.right
    }

    /// The rank. Given.
    pub fn rank(&self) -> usize {
        self.right.shape()[0]
    }

    /// How far the product is from the matrix: the Frobenius norm of the difference, which is the root of the sum of squares of
    /// the singular values that were left out.
    pub fn error(&self) -> f64 {
        self.error
    }

    /// Numbers that are stored: `r (m + n)`.
    pub fn parameter_count(&self) -> usize {
        todo!("of both factors")
    }

    /// The product, `[m, n]`.
    ///
    /// # Errors
    /// Those of the foundation.
    pub fn to_dense(&self) -> Result<Tensor> {
        todo!("multiply")
    }

    /// `x` times the product, without making it.
    ///
    /// # Shapes
    /// `[..., m]` to `[..., n]`.
    ///
    /// # Errors
    /// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `LowRank::forward`, with the shapes of `x` and of the matrix.
    ///
    /// # Cost
    /// `2 r (m + n)` FLOPs for each row of `x`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let _ = &x; // Not used yet: goes with the todo!.
        todo!("in the order that is cheap")
    }
}

/// The largest rank at which two factors store less than an `m` by `n` matrix: `r (m + n) < m n`; 0 if there is none.
pub fn break_even_rank(m: usize, n: usize) -> usize {
    let _ = (&m, &n); // Not used yet: goes with the todo!.
    todo!("strictly less")
}

/// The least rank whose singular values hold at least the share `energy` of the sum of all squares, at least 1. The values
/// descend.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `rank_for_energy` without values, if they do not descend or are negative or
/// not finite, and if `energy` is not above 0 and at most 1.
pub fn rank_for_energy(singular_values: &[f32], energy: f64) -> Result<usize> {
    let _ = (&singular_values, &energy); // Not used yet: goes with the todo!.
    todo!("sum squares until there is enough")
}
