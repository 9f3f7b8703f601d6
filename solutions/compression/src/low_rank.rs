//! Task `low_rank`: two thin matrices in the place of a large one.

// BEGIN SOLUTION: -
use crate::CompressionError;
use tinytorch::linalg::{self, Svd};
// END SOLUTION
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
        let sizes = checked(matrix, "LowRank::new")?;
        // Before the decomposition, which takes far longer.
        stores_less("LowRank::new", sizes, rank)?;
        Self::of(&linalg::svd(matrix)?, rank)
        // END SOLUTION
    }

    /// The approximation of the least rank with at least this share of the energy: see [`rank_for_energy`].
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `LowRank::with_energy` if there are not two axes, and if that rank
    /// does not store less. Those of [`rank_for_energy`] and [`svd`](tinytorch::linalg::svd).
    pub fn with_energy(matrix: &Tensor, energy: f64) -> Result<Self> {
        // BEGIN SOLUTION: choose the rank
        let sizes = checked(matrix, "LowRank::with_energy")?;
        let svd = linalg::svd(matrix)?;
        let rank = rank_for_energy(&svd.singular_values, energy)?;
        stores_less("LowRank::with_energy", sizes, rank)?;
        Self::of(&svd, rank)
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
        self.left.len() + self.right.len()
        // END SOLUTION
    }

    /// The product, `[m, n]`.
    ///
    /// # Errors
    /// Those of the foundation.
    pub fn to_dense(&self) -> Result<Tensor> {
        // BEGIN SOLUTION: multiply
        Ok(self.left.matmul(&self.right)?)
        // END SOLUTION
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
        // BEGIN SOLUTION: in the order that is cheap
        let (shape, inputs) = (x.shape(), self.left.shape()[0]);
        let Some((_, leading)) = shape.split_last().filter(|(last, _)| **last == inputs) else {
            let reason = format!("the last dimension must be {inputs}");
            let (left, right) = (shape.to_vec(), vec![inputs, self.right.shape()[1]]);
            return Err(CompressionError::ShapeMismatch {
                operation: "LowRank::forward",
                left,
                right,
                reason,
            });
        };
        let rows = x.reshape(&[leading.iter().product(), inputs])?;
        let output = rows.matmul(&self.left)?.matmul(&self.right)?;
        Ok(output.reshape(&[leading, &[self.right.shape()[1]]].concat())?)
        // END SOLUTION
    }
    // BEGIN SOLUTION: -

    fn of(svd: &Svd, rank: usize) -> Result<Self> {
        let roots: Vec<f32> =
            svd.singular_values.iter().take(rank).map(|value| value.sqrt()).collect();
        let (left, right) = (svd.left.slice_axis(1, 0, rank)?, svd.right.slice_axis(0, 0, rank)?);
        let tail = svd.singular_values.iter().skip(rank);
        Ok(Self {
            left: left.mul(&Tensor::from_vec(roots.clone(), &[1, rank])?)?,
            right: right.mul(&Tensor::from_vec(roots, &[rank, 1])?)?,
            error: tail.map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt(),
        })
    }
    // END SOLUTION
}

/// The largest rank at which two factors store less than an `m` by `n` matrix: `r (m + n) < m n`; 0 if there is none.
pub fn break_even_rank(m: usize, n: usize) -> usize {
    // BEGIN SOLUTION: strictly less
    match (m * n).checked_sub(1) {
        Some(less) if m + n > 0 => less / (m + n),
        _ => 0,
    }
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
    let bad = |reason: String| Err(CompressionError::value("rank_for_energy", reason));
    if !(energy > 0.0 && energy <= 1.0) {
        return bad(format!("an energy of {energy}: use a share above 0 and at most 1"));
    }
    if singular_values.is_empty()
        || !singular_values.iter().all(|value| *value >= 0.0 && value.is_finite())
    {
        return bad(format!(
            "singular values {singular_values:?}: use at least one, none negative, all finite"
        ));
    }
    if !singular_values.is_sorted_by(|a, b| a >= b) {
        return bad("singular values that do not descend".to_owned());
    }
    let squares = singular_values.iter().map(|value| f64::from(*value).powi(2));
    let enough = energy * squares.clone().sum::<f64>();
    let mut sum = 0.0;
    let reached = squares.take_while(|square| {
        sum += square;
        sum < enough
    });
    // The one that reached it counts as well.
    Ok((reached.count() + 1).min(singular_values.len()))
    // END SOLUTION
}
// BEGIN SOLUTION: -

/// Rows and columns.
fn checked(matrix: &Tensor, operation: &'static str) -> Result<(usize, usize)> {
    let &[m, n] = matrix.shape() else {
        let reason = format!("a tensor {:?}: use a matrix [m, n]", matrix.shape());
        return Err(CompressionError::value(operation, reason));
    };
    Ok((m, n))
}

/// Refuses rank 0, and one whose factors store no less than the matrix.
fn stores_less(operation: &'static str, (m, n): (usize, usize), rank: usize) -> Result<()> {
    let most = break_even_rank(m, n);
    if rank == 0 || rank > most {
        let advice = if most == 0 {
            "no rank stores less".to_owned()
        } else {
            format!("use 1 to {most}, so that less is stored")
        };
        return Err(CompressionError::value(
            operation,
            format!("rank {rank} of [{m}, {n}]: {advice}"),
        ));
    }
    Ok(())
}
// END SOLUTION
