//! The foundation's matrix products against those of an independent library, nalgebra, in f64. The
//! foundation's own tests compare them with plain sums: students would wait for nalgebra to be built.

use nalgebra::DMatrix;
use tinytorch::{Rng, Tensor};

fn randn(shape: &[usize; 2], seed: u64) -> Tensor {
    Tensor::randn(shape, 1.0, &mut Rng::new(seed))
}

fn matrix(tensor: &Tensor) -> DMatrix<f64> {
    DMatrix::from_fn(tensor.shape()[0], tensor.shape()[1], |row, column| {
        f64::from(tensor.get(&[row, column]).expect("an index inside the tensor"))
    })
}

/// Requires each element within `1e-5 * (1 + |expected|)`.
#[track_caller]
fn assert_multiplies_like_nalgebra(left: &Tensor, right: &Tensor) {
    let product = matrix(&left.matmul(right).unwrap());
    let expected = matrix(left) * matrix(right);
    assert_eq!(product.shape(), expected.shape());
    for (actual, expected) in product.iter().zip(&expected) {
        let allowed = 1e-5 * (1.0 + expected.abs());
        assert!((actual - expected).abs() <= allowed, "{actual} instead of {expected}");
    }
}

#[test]
fn matmul_matches_nalgebra_on_odd_shapes() {
    let shapes = [
        (1, 1, 1),
        (1, 7, 1),
        (7, 1, 5),
        (3, 5, 2),
        (17, 13, 19),
        (65, 33, 9),
        (1, 100, 31),
        (40, 3, 1),
    ];
    for (m, k, n) in shapes {
        assert_multiplies_like_nalgebra(&randn(&[m, k], 1), &randn(&[k, n], 2));
    }
}

#[test]
fn matmul_matches_nalgebra_on_transposed_and_sliced_views() {
    let left = randn(&[13, 21], 3).t().unwrap();
    let right = randn(&[20, 11], 4).slice_axis(0, 3, 16).unwrap().slice_axis(1, 2, 9).unwrap();
    assert!(left.as_slice().is_none() && right.as_slice().is_none());
    assert_multiplies_like_nalgebra(&left, &right);
    assert_multiplies_like_nalgebra(&right.t().unwrap(), &left.t().unwrap());
}
