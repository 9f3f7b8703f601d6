//! Task `low_rank`. Run with `cargo test -p compression --test low_rank`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use compression::{CompressionError, LowRank, break_even_rank, rank_for_energy};
use tinytorch::{Rng, Tensor};

/// Four by four, with the singular values 8, 4, 2 and 1: each row and each column has one of them.
fn matrix() -> Tensor {
    let mut numbers = vec![0.0; 16];
    for (at, value) in [(1, 4.0), (4, 1.0), (11, 8.0), (14, -2.0)] {
        numbers[at] = value;
    }
    Tensor::from_vec(numbers, &[4, 4]).unwrap()
}

#[test]
fn break_even_is_strict() {
    // One rank of [10, 10] stores 20 numbers. Five store 100, as many as the matrix.
    assert_eq!(break_even_rank(10, 10), 4);
    // Three ranks of [6, 5] would store 33 of 30, two store 22.
    assert_eq!(break_even_rank(6, 5), 2);
    assert_eq!(break_even_rank(2, 2), 0);
    assert_eq!(break_even_rank(0, 7), 0);
}

#[test]
fn energy_is_a_sum_of_squares() {
    // 64, 16, 4 and 1 of 85: 75 %, 94 %, 99 %.
    let values = [8.0, 4.0, 2.0, 1.0];
    assert_eq!(rank_for_energy(&values, 0.5).unwrap(), 1);
    assert_eq!(rank_for_energy(&values, 0.9).unwrap(), 2);
    assert_eq!(rank_for_energy(&values, 0.95).unwrap(), 3);
    assert_eq!(rank_for_energy(&values, 1.0).unwrap(), 4);
    // Enough is enough.
    assert_eq!(rank_for_energy(&[2.0, 2.0, 2.0, 2.0], 0.5).unwrap(), 2);
    assert_eq!(rank_for_energy(&[3.0, 0.0, 0.0], 1.0).unwrap(), 1);
}

#[test]
fn energy_has_a_range_and_values_an_order() {
    let bad: [(&[f32], f64); 7] = [
        (&[], 0.5),
        (&[1.0, 2.0], 0.5),
        (&[1.0, -1.0], 0.5),
        (&[f32::INFINITY, 1.0], 0.5),
        (&[1.0], 0.0),
        (&[1.0], 1.01),
        (&[1.0], f64::NAN),
    ];
    for (values, energy) in bad {
        let error = rank_for_energy(values, energy).unwrap_err();
        assert!(error.to_string().starts_with("rank_for_energy: "), "{values:?}: {error}");
    }
}

#[test]
fn the_largest_value_stays() {
    let factors = LowRank::new(&matrix(), 1).unwrap();
    assert_eq!((factors.left().shape(), factors.right().shape()), (&[4, 1][..], &[1, 4][..]));
    assert_eq!((factors.rank(), factors.parameter_count()), (1, 8));
    let mut expected = vec![0.0; 16];
    expected[11] = 8.0;
    let expected = Tensor::from_vec(expected, &[4, 4]).unwrap();
    assert!(factors.to_dense().unwrap().allclose(&expected, 1e-6, 1e-6));
    // 4, 2 and 1 were left out: the root of 21.
    assert!((factors.error() - 21.0_f64.sqrt()).abs() < 1e-6, "{}", factors.error());
}

#[test]
fn each_factor_has_the_root_of_a_value() {
    let factors = LowRank::new(&matrix(), 1).unwrap();
    let length = |of: &Tensor| of.to_vec().iter().map(|x| x * x).sum::<f32>().sqrt();
    for of in [factors.left(), factors.right()] {
        assert!((length(of) - 8.0_f32.sqrt()).abs() < 1e-5, "{of:?}");
    }
}

#[test]
fn a_rank_that_stores_no_less_is_refused() {
    // Two ranks of [4, 4] store 16 numbers, as many as the matrix.
    for rank in [0, 2, 4] {
        let error = LowRank::new(&matrix(), rank).unwrap_err();
        let named = matches!(error, CompressionError::BadValue { operation: "LowRank::new", .. });
        assert!(named, "{error}");
    }
    assert!(LowRank::new(&Tensor::ones(&[64]), 1).is_err());
    assert!(LowRank::new(&Tensor::full(&[4, 4], f32::NAN), 1).is_err());
}

#[test]
fn the_rank_may_come_from_the_energy() {
    assert_eq!(LowRank::with_energy(&matrix(), 0.7).unwrap().rank(), 1);
    // 90 % would need two ranks.
    let error = LowRank::with_energy(&matrix(), 0.9).unwrap_err();
    assert!(error.to_string().starts_with("LowRank::with_energy: "), "{error}");
}

#[test]
fn rows_go_through_both_factors() {
    let matrix = Tensor::randn(&[12, 9], 1.0, &mut Rng::new(3));
    let factors = LowRank::new(&matrix, 3).unwrap();
    let x = Tensor::randn(&[2, 5, 12], 1.0, &mut Rng::new(4));
    let output = factors.forward(&x).unwrap();
    assert_eq!(output.shape(), [2, 5, 9]);
    let rows = x.reshape(&[10, 12]).unwrap();
    let expected = rows.matmul(&factors.to_dense().unwrap()).unwrap();
    assert!(output.reshape(&[10, 9]).unwrap().allclose(&expected, 1e-4, 1e-4));
    let error = factors.forward(&Tensor::zeros(&[2, 9])).unwrap_err();
    assert!(error.to_string().starts_with("LowRank::forward: [2, 9] and [12, 9]: "), "{error}");
}
