//! Losses: their values for extreme logits, and their errors.

use crate::common::{assert_close, error_text, randn};
use tinytorch::loss::{cross_entropy, cross_entropy_where, mse};
use tinytorch::{Tensor, TensorError};

fn scalar(expected: f64) -> (Vec<usize>, Vec<f64>) {
    (vec![], vec![expected])
}

#[test]
fn equal_logits_cost_the_logarithm_of_the_number_of_classes() {
    let loss = cross_entropy(&Tensor::full(&[2, 3, 10], 7.5), &[0, 1, 2, 3, 4, 9]).unwrap();
    assert_close(&loss, &scalar(10.0_f64.ln()), 1e-6);
}

#[test]
fn a_confident_mistake_has_a_large_but_finite_loss() {
    let logits = Tensor::from_vec(vec![1000.0, -1000.0], &[1, 2]).unwrap().requires_grad();
    let wrong = cross_entropy(&logits, &[1]).unwrap();
    assert_close(&wrong, &scalar(2000.0), 1e-6);
    let gradients = wrong.backward().unwrap();
    assert_eq!(gradients.get(&logits).unwrap().to_vec(), [1.0, -1.0]);
    assert_close(&cross_entropy(&logits, &[0]).unwrap(), &scalar(0.0), 1e-6);
}

#[test]
fn rows_without_a_target_do_not_count() {
    let logits = randn(&[4, 5], 1).requires_grad();
    let targets = [None, Some(2), None, Some(4)];
    let some = cross_entropy_where(&logits, &targets).unwrap();
    let rows = Tensor::concat(
        &[logits.slice_axis(0, 1, 2).unwrap(), logits.slice_axis(0, 3, 4).unwrap()],
        0,
    );
    assert_eq!(some, cross_entropy(&rows.unwrap(), &[2, 4]).unwrap());
    let gradient = some.backward().unwrap().get(&logits).unwrap().to_vec();
    assert_eq!(gradient[..5], [0.0; 5]);
    assert_eq!(gradient[10..15], [0.0; 5]);
    assert!(gradient[5..10].iter().all(|g| *g != 0.0));
}

#[test]
fn a_row_without_a_target_may_hold_anything() {
    let logits = Tensor::from_vec(vec![f32::NAN, f32::INFINITY, 1.0, 1.0], &[2, 2]).unwrap();
    let logits = logits.requires_grad();
    let loss = cross_entropy_where(&logits, &[None, Some(0)]).unwrap();
    assert_close(&loss, &scalar(2.0_f64.ln()), 1e-6);
    let gradients = loss.backward().unwrap();
    assert_eq!(gradients.get(&logits).unwrap().to_vec(), [0.0, 0.0, -0.5, 0.5]);
}

#[test]
fn nan_logits_make_the_loss_nan() {
    let logits = Tensor::from_vec(vec![f32::NAN, 0.0], &[1, 2]).unwrap();
    assert!(cross_entropy(&logits, &[1]).unwrap().get(&[]).unwrap().is_nan());
}

#[test]
fn the_mean_is_exact_over_many_rows() {
    // Adding up a million losses one by one in f32 would lose four digits.
    let loss = cross_entropy(&Tensor::zeros(&[1_000_000, 3]), &vec![1; 1_000_000]).unwrap();
    assert_close(&loss, &scalar(3.0_f64.ln()), 1e-7);
}

#[test]
fn squared_error_is_a_mean() {
    let (a, b) = (Tensor::full(&[2, 3], 3.0), Tensor::full(&[2, 3], 1.0));
    assert_close(&mse(&a, &b).unwrap(), &scalar(4.0), 1e-7);
}

#[test]
fn errors_name_the_row_and_what_is_allowed() {
    let logits = Tensor::zeros(&[2, 3]);
    let cases = [
        (cross_entropy(&logits, &[0]), "cross_entropy: [2, 3]: 2 rows of logits, but 1 targets"),
        (
            cross_entropy(&logits, &[0, 3]),
            "cross_entropy: [2, 3]: target 3 of row 1 is not below the 3 classes",
        ),
        (
            cross_entropy_where(&logits, &[None, None]),
            "cross_entropy_where: [2, 3]: no row has a target, so there is no mean",
        ),
        (
            cross_entropy(&Tensor::zeros(&[0, 3]), &[]),
            "cross_entropy: [0, 3]: no row has a target, so there is no mean",
        ),
        (
            cross_entropy(&Tensor::zeros(&[1, 0]), &[0]),
            "cross_entropy: [1, 0]: target 0 of row 0 is not below the 0 classes",
        ),
        (
            cross_entropy(&Tensor::scalar(1.0), &[0]),
            "cross_entropy: []: the logits need at least 1 axis, [..., C]",
        ),
        (mse(&logits, &Tensor::zeros(&[3])), "mse: [2, 3] x [3]: both must have the same shape"),
        (
            mse(&Tensor::zeros(&[0]), &Tensor::zeros(&[0])),
            "mse: [0]: the mean of no element is not a number",
        ),
    ];
    for (result, text) in cases {
        assert_eq!(error_text::<Tensor>(result), text);
    }
    let wrong = cross_entropy(&logits, &[0, 3]);
    assert!(matches!(wrong, Err(TensorError::InvalidValue { .. })));
}
