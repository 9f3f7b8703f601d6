//! Shared by the tests: inputs from a seed, and comparison with an f64 oracle.
#![allow(dead_code, reason = "each test file uses a part of this")]

pub mod gradcheck;
pub mod oracle;

use tinytorch::{Rng, Tensor, TensorError};

/// Normally distributed numbers that depend only on the shape and the seed.
pub fn randn(shape: &[usize], seed: u64) -> Tensor {
    Tensor::randn(shape, 1.0, &mut Rng::new(seed))
}

/// The elements in f64, read one by one with `get`.
pub fn elements(tensor: &Tensor) -> Vec<f64> {
    let indices = indices(tensor.shape());
    indices.iter().map(|index| at(tensor, index)).collect()
}

/// One element in f64.
pub fn at(tensor: &Tensor, index: &[usize]) -> f64 {
    f64::from(tensor.get(index).expect("an index inside the tensor"))
}

/// All indices of a shape, the last axis fastest.
pub fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for &length in shape {
        all = all
            .iter()
            .flat_map(|index| (0..length).map(move |i| [&index[..], &[i]].concat()))
            .collect();
    }
    all
}

/// A tensor computed element by element.
pub fn by_index(
    shape: &[usize],
    mut element: impl FnMut(&[usize]) -> f64,
) -> (Vec<usize>, Vec<f64>) {
    let values = indices(shape).iter().map(|index| element(index)).collect();
    (shape.to_vec(), values)
}

/// Requires the same shape, and each element within
/// `tolerance * (1 + |expected|)`.
#[track_caller]
pub fn assert_close(actual: &Tensor, expected: &(Vec<usize>, Vec<f64>), tolerance: f64) {
    assert_eq!(actual.shape(), expected.0, "shape");
    for ((a, e), index) in elements(actual).iter().zip(&expected.1).zip(indices(actual.shape())) {
        let allowed = tolerance * (1.0 + e.abs());
        assert!((a - e).abs() <= allowed, "at {index:?}: {a} instead of {e}");
    }
}

/// The error's text.
#[track_caller]
pub fn error_text<T>(result: Result<T, TensorError>) -> String {
    match result {
        Ok(_) => panic!("expected an error"),
        Err(error) => error.to_string(),
    }
}
