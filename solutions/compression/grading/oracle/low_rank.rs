//! Singular values by nalgebra, and products in `f64`.

use course_oracle::wide;
use nalgebra::DMatrix;

/// The singular values of a matrix `[m, n]`, row by row, descending.
pub fn singular_values((m, n): (usize, usize), numbers: &[f32]) -> Vec<f64> {
    let matrix = DMatrix::from_row_slice(m, n, &wide(numbers));
    let mut values: Vec<f64> = matrix.singular_values().iter().copied().collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// The root of the sum of squares behind the first `rank` values.
pub fn tail(values: &[f64], rank: usize) -> f64 {
    values[rank.min(values.len())..].iter().map(|value| value * value).sum::<f64>().sqrt()
}

/// The product of `[m, k]` and `[k, n]`.
pub fn product(left: &[f32], right: &[f32], k: usize, n: usize) -> Vec<f64> {
    let rows = left.chunks(k);
    let element = |row: &[f32], j: usize| {
        row.iter().enumerate().map(|(i, x)| f64::from(*x) * f64::from(right[i * n + j])).sum()
    };
    rows.flat_map(|row| (0..n).map(move |j| element(row, j))).collect()
}

/// The root of the sum of squared differences.
pub fn distance(a: &[f64], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - f64::from(*b)).powi(2)).sum::<f64>().sqrt()
}

/// The least rank whose values hold this share of the sum of all squares.
pub fn rank_for_energy(values: &[f64], energy: f64) -> usize {
    let all = tail(values, 0).powi(2);
    let enough = |rank: &usize| all - tail(values, *rank).powi(2) >= energy * all;
    (1..=values.len()).find(enough).unwrap_or(values.len())
}
