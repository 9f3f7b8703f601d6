//! Singular values: how much of a matrix goes in which direction.

use crate::{Result, Tensor, TensorError};

const OPERATION: &str = "svd";
/// More than enough: a matrix of 784 x 128 takes seven.
const MOST_SWEEPS: usize = 60;

/// A matrix `[m, n]` as `left` times the diagonal of singular values times `right`, with k = min(m, n).
#[derive(Clone, Debug)]
pub struct Svd {
    /// `[m, k]`: its columns are orthonormal. The largest element of each column, by magnitude, is positive.
    pub left: Tensor,
    /// k numbers, descending, none below 0.
    pub singular_values: Vec<f32>,
    /// `[k, n]`: its rows are orthonormal.
    pub right: Tensor,
}

/// The singular value decomposition, computed in `f64`.
///
/// # Errors
/// [`TensorError::InvalidShape`] of `svd` if there are not two axes or no elements; [`TensorError::InvalidValue`] for a NaN or an
/// infinity.
///
/// # Cost
/// Some seven sweeps of `3 m n^2` multiplications each, for m >= n.
///
/// Source: one-sided Jacobi rotations; Hestenes, "Inversion of Matrices by Biorthogonalization" (1958); Golub and Van Loan,
/// "Matrix Computations", 8.6.
///
/// ```
/// use tinytorch::{Tensor, linalg};
///
/// let matrix = Tensor::from_vec(vec![0.0, 2.0, 3.0, 0.0], &[2, 2])?;
/// assert_eq!(linalg::svd(&matrix)?.singular_values, [3.0, 2.0]);
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
pub fn svd(matrix: &Tensor) -> Result<Svd> {
    let &[m, n] = matrix.shape() else {
        return Err(no_matrix(matrix, "needs two axes"));
    };
    if matrix.is_empty() {
        return Err(no_matrix(matrix, "has no elements"));
    }
    let numbers = matrix.to_vec();
    if let Some(at) = numbers.iter().position(|x| !x.is_finite()) {
        let reason = format!("element {at} is {}: use finite numbers", numbers[at]);
        let shape = matrix.shape().to_vec();
        return Err(TensorError::InvalidValue { op: OPERATION, shape, reason });
    }
    let column = |at: usize| (0..m).map(|i| f64::from(numbers[i * n + at])).collect();
    let row = |at: usize| numbers[at * n..][..n].iter().map(|x| f64::from(*x)).collect();
    // Columns are rotated, so there should be no more of them than rows.
    let triples = if m >= n {
        singular_triples((0..n).map(column).collect())
    } else {
        let turned = singular_triples((0..m).map(row).collect()).into_iter();
        turned.map(|of| Triple { left: of.right, value: of.value, right: of.left }).collect()
    };
    assembled(&triples, m, n)
}

fn no_matrix(matrix: &Tensor, reason: &str) -> TensorError {
    let shape = matrix.shape().to_vec();
    TensorError::InvalidShape { op: OPERATION, shape, reason: reason.to_owned() }
}

/// A singular value with its vectors.
struct Triple {
    left: Vec<f64>,
    value: f64,
    right: Vec<f64>,
}

/// The triples of a matrix with these columns, of which there are at most as many as rows; the largest value first.
fn singular_triples(columns: Vec<Vec<f64>>) -> Vec<Triple> {
    let count = columns.len();
    let unit = |at: usize| (0..count).map(|i| f64::from(u8::from(i == at))).collect();
    // The matrix times the rotations so far, and the rotations.
    let mut columns = columns;
    let mut rotations: Vec<Vec<f64>> = (0..count).map(unit).collect();
    for _ in 0..MOST_SWEEPS {
        let mut rotated = false;
        for q in 1..count {
            for p in 0..q {
                let Some(angle) = angle_between(&columns[p], &columns[q]) else { continue };
                rotate(&mut columns, (p, q), angle);
                rotate(&mut rotations, (p, q), angle);
                rotated = true;
            }
        }
        if !rotated {
            break;
        }
    }
    let mut triples: Vec<Triple> = columns
        .into_iter()
        .zip(rotations)
        .map(|(left, right)| Triple { value: dot(&left, &left).sqrt(), left, right })
        .collect();
    triples.sort_by(|a, b| b.value.total_cmp(&a.value));
    normalize(&mut triples);
    triples
}

/// Cosine and sine of the rotation after which two columns are orthogonal; `None` if they are already.
fn angle_between(p: &[f64], q: &[f64]) -> Option<(f64, f64)> {
    let (squares_p, squares_q, product) = (dot(p, p), dot(q, q), dot(p, q));
    if product.abs() <= f64::EPSILON * (squares_p * squares_q).sqrt() {
        return None;
    }
    let zeta = (squares_q - squares_p) / (2.0 * product);
    let tangent = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
    Some((cosine, cosine * tangent))
}

fn rotate(vectors: &mut [Vec<f64>], (p, q): (usize, usize), (cosine, sine): (f64, f64)) {
    let (before, from) = vectors.split_at_mut(q);
    for (a, b) in before[p].iter_mut().zip(&mut from[0]) {
        (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Brings the left vectors to length 1. Those of values that are 0 but for rounding become any that are orthogonal to the others.
fn normalize(triples: &mut [Triple]) {
    let largest = triples.first().map_or(0.0, |of| of.value);
    let length = triples.first().map_or(0, |of| of.left.len());
    let negligible = largest * f64::EPSILON * length as f64;
    let mut candidates = 0..length;
    for at in 0..triples.len() {
        let (done, rest) = triples.split_at_mut(at);
        let of = &mut rest[0];
        if of.value > negligible {
            let value = of.value;
            of.left.iter_mut().for_each(|x| *x /= value);
            continue;
        }
        of.value = 0.0;
        of.left =
            candidates.by_ref().find_map(|axis| orthogonal(axis, length, done)).unwrap_or_default();
    }
}

/// The unit vector of an axis without its parts along `others`, with length 1; `None` if too little is left of it.
fn orthogonal(axis: usize, length: usize, others: &[Triple]) -> Option<Vec<f64>> {
    let mut vector = vec![0.0; length];
    vector[axis] = 1.0;
    // Twice: once leaves rounding errors along the others.
    for other in others.iter().chain(others) {
        let along = dot(&vector, &other.left);
        vector.iter_mut().zip(&other.left).for_each(|(x, y)| *x -= along * y);
    }
    let norm = dot(&vector, &vector).sqrt();
    // Some axis has at least this share outside of fewer than `length` others.
    (norm > 0.5 / (length as f64).sqrt()).then(|| vector.iter().map(|x| x / norm).collect())
}

/// The tensors, with the signs fixed.
fn assembled(triples: &[Triple], m: usize, n: usize) -> Result<Svd> {
    let count = triples.len();
    let mut left = vec![0.0; m * count];
    let mut right = Vec::with_capacity(count * n);
    for (at, of) in triples.iter().enumerate() {
        let largest = of.left.iter().fold(0.0_f64, |a, b| if b.abs() > a.abs() { *b } else { a });
        let sign = if largest < 0.0 { -1.0 } else { 1.0 };
        for (i, x) in of.left.iter().enumerate() {
            left[i * count + at] = (sign * x) as f32;
        }
        right.extend(of.right.iter().map(|x| (sign * x) as f32));
    }
    Ok(Svd {
        left: Tensor::from_vec(left, &[m, count])?,
        singular_values: triples.iter().map(|of| of.value as f32).collect(),
        right: Tensor::from_vec(right, &[count, n])?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;

    /// The product of the three parts.
    fn product(of: &Svd) -> Tensor {
        let count = of.singular_values.len();
        let values = Tensor::from_vec(of.singular_values.clone(), &[count, 1]).unwrap();
        of.left.matmul(&of.right.mul(&values).unwrap()).unwrap()
    }

    fn is_identity(of: &Tensor) -> bool {
        let count = of.shape()[0];
        let unit =
            (0..count * count).map(|at| f32::from(u8::from(at % (count + 1) == 0))).collect();
        of.allclose(&Tensor::from_vec(unit, &[count, count]).unwrap(), 0.0, 1e-5)
    }

    fn holds(matrix: &Tensor) {
        let of = svd(matrix).unwrap();
        let (left, right) = (&of.left, &of.right);
        assert!(product(&of).allclose(matrix, 1e-5, 1e-5), "{of:?}");
        assert!(is_identity(&left.t().unwrap().matmul(left).unwrap()), "{of:?}");
        assert!(is_identity(&right.matmul(&right.t().unwrap()).unwrap()), "{of:?}");
        assert!(of.singular_values.is_sorted_by(|a, b| a >= b), "{of:?}");
        assert!(of.singular_values.iter().all(|value| *value >= 0.0), "{of:?}");
    }

    #[test]
    fn the_parts_are_orthonormal_and_their_product_is_the_matrix() {
        let mut rng = Rng::new(5);
        for shape in [[1, 1], [7, 7], [30, 4], [4, 30], [1, 9], [9, 1]] {
            holds(&Tensor::randn(&shape, 1.0, &mut rng));
        }
    }

    #[test]
    fn a_matrix_may_have_less_than_full_rank() {
        let mut rng = Rng::new(6);
        let thin = Tensor::randn(&[9, 2], 1.0, &mut rng);
        let low = thin.matmul(&Tensor::randn(&[2, 6], 1.0, &mut rng)).unwrap();
        holds(&low);
        holds(&low.t().unwrap());
        holds(&Tensor::zeros(&[3, 5]));
        holds(&Tensor::ones(&[6, 6]));
        assert!(svd(&low).unwrap().singular_values[2] < 1e-5);
    }

    #[test]
    fn the_largest_element_of_a_left_vector_is_positive() {
        let matrix = Tensor::from_vec(vec![-2.0, 0.0, 0.0, -1.0], &[2, 2]).unwrap();
        let of = svd(&matrix).unwrap();
        assert_eq!(of.left.to_vec(), [1.0, 0.0, 0.0, 1.0]);
        assert_eq!(of.right.to_vec(), [-1.0, 0.0, 0.0, -1.0]);
    }

    #[test]
    fn what_is_no_matrix_of_numbers_is_refused() {
        let told = |of: &Tensor| svd(of).unwrap_err().to_string();
        assert!(told(&Tensor::zeros(&[2, 2, 2])).contains("two axes"));
        assert!(told(&Tensor::zeros(&[0, 2])).contains("no elements"));
        assert!(told(&Tensor::full(&[2, 2], f32::NAN)).contains("NaN"));
    }
}
