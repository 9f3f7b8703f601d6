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
        // BEGIN SOLUTION: the first singular vectors
        todo!("to be written")
        // END SOLUTION
    }

    /// The approximation of the least rank with at least this share of the energy: see [`rank_for_energy`].
    ///
    /// # Errors
    /// Those of [`LowRank::new`] and [`rank_for_energy`].
    pub fn with_energy(matrix: &Tensor, energy: f64) -> Result<Self> {
        // BEGIN SOLUTION: choose the rank
        todo!("to be written")
        // END SOLUTION
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
        // BEGIN SOLUTION: of both factors
        todo!("to be written")
        // END SOLUTION
    }

    /// The product, `[m, n]`.
    ///
    /// # Errors
    /// Those of the foundation.
    pub fn to_dense(&self) -> Result<Tensor> {
        // BEGIN SOLUTION: multiply
        todo!("to be written")
        // END SOLUTION
    }

    /// `x` times the product, without making it.
    ///
    /// # Shapes
    /// `[..., m]` to `[..., n]`.
    ///
    /// # Errors
    /// Those of the foundation.
    ///
    /// # Cost
    /// `2 r (m + n)` FLOPs for each row of `x`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        // BEGIN SOLUTION: in the order that is cheap
        todo!("to be written")
        // END SOLUTION
    }
}

/// The largest rank at which two factors store less than an `m` by `n` matrix: `r (m + n) < m n`; 0 if there is none.
pub fn break_even_rank(m: usize, n: usize) -> usize {
    // BEGIN SOLUTION: strictly less
    todo!("to be written")
    // END SOLUTION
}

/// The least rank whose singular values hold at least the share `energy` of the sum of all squares, at least 1. The values
/// descend.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `rank_for_energy` without values, if they do not descend or are negative or
/// not finite, and if `energy` is not above 0 and at most 1.
pub fn rank_for_energy(singular_values: &[f32], energy: f64) -> Result<usize> {
    // BEGIN SOLUTION: sum squares until there is enough
    todo!("to be written")
    // END SOLUTION
}
