//! `ReLU`, GELU and softmax against f64.

use crate::common::{assert_close, at, by_index, elements, error_text, randn};
use tinytorch::nn::{Gelu, Relu, Softmax};
use tinytorch::{Layer, Tensor};

fn softmax_oracle(t: &Tensor, axis: usize) -> (Vec<usize>, Vec<f64>) {
    by_index(t.shape(), |i| {
        let exp_at = |k| at(t, &[&i[..axis], &[k], &i[axis + 1..]].concat()).exp();
        exp_at(i[axis]) / (0..t.shape()[axis]).map(exp_at).sum::<f64>()
    })
}

#[test]
fn relu_keeps_what_is_positive() {
    let x = Tensor::from_vec(vec![-1.5, -0.0, 0.0, 2.5, f32::NEG_INFINITY], &[5]).unwrap();
    assert_eq!(x.relu().to_vec(), [0.0, 0.0, 0.0, 2.5, 0.0]);
    assert!(Tensor::scalar(f32::NAN).relu().get(&[]).unwrap().is_nan());
}

#[test]
fn gelu_is_the_tanh_approximation() {
    let x = randn(&[7, 11], 1).mul_scalar(2.0).t().unwrap();
    let oracle = |x: f64| {
        let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
        x / 2.0 * (1.0 + inner.tanh())
    };
    assert_close(&x.gelu(), &by_index(&[11, 7], |i| oracle(at(&x, i))), 1e-6);
}

#[test]
fn gelu_is_close_to_the_exact_one() {
    // x * Phi(x), with Phi(1) = 0.841344746068543 and Phi(-2) = 0.022750131948179.
    let x = Tensor::from_vec(vec![1.0, -2.0, 0.0, 30.0, -30.0], &[5]).unwrap();
    let exact = (vec![5], vec![0.841_344_746, -0.045_500_264, 0.0, 30.0, 0.0]);
    assert_close(&x.gelu(), &exact, 5e-4);
}

#[test]
fn softmax_matches_f64_along_each_axis() {
    let view = randn(&[4, 3, 5], 3).permute(&[2, 0, 1]).unwrap();
    for t in [randn(&[3, 4, 5], 2), view, randn(&[1, 7], 4)] {
        for axis in 0..t.ndim() {
            let expected = softmax_oracle(&t, axis);
            assert_close(&t.softmax(axis).unwrap(), &expected, 1e-6);
            let logarithms = expected.1.iter().map(|p| p.ln()).collect();
            assert_close(&t.log_softmax(axis).unwrap(), &(expected.0, logarithms), 1e-5);
        }
    }
}

#[test]
fn softmax_of_huge_numbers_stays_finite() {
    let x = Tensor::from_vec(vec![1000.0, 999.0, -1000.0], &[3]).unwrap();
    let e = (-1.0_f64).exp();
    let expected = (vec![3], vec![1.0 / (1.0 + e), e / (1.0 + e), 0.0]);
    assert_close(&x.softmax(0).unwrap(), &expected, 1e-6);
    let lowest = x.log_softmax(0).unwrap().get(&[2]).unwrap();
    assert!((lowest + 2000.3132).abs() < 1e-3, "{lowest}, not minus infinity");
}

#[test]
fn a_hidden_position_has_probability_zero() {
    let x = Tensor::from_vec(vec![0.5, f32::NEG_INFINITY], &[2]).unwrap();
    assert_eq!(x.softmax(0).unwrap().to_vec(), [1.0, 0.0]);
}

#[test]
fn softmax_of_nothing_is_nothing() {
    assert_eq!(Tensor::zeros(&[2, 0]).softmax(1).unwrap().shape(), [2, 0]);
    assert_eq!(Tensor::zeros(&[0, 2]).log_softmax(1).unwrap().shape(), [0, 2]);
}

#[test]
fn softmax_needs_an_axis_that_exists() {
    let text = error_text(Tensor::zeros(&[2]).softmax(1));
    assert_eq!(text, "softmax: [2]: axis 1 does not exist, the tensor has 1 (counted from 0)");
    assert!(error_text(Tensor::zeros(&[2]).log_softmax(1)).starts_with("log_softmax: [2]: axis 1"));
    let text = error_text(Softmax.forward(&Tensor::scalar(1.0)));
    assert_eq!(text, "softmax: []: needs at least 1 axis");
}

#[test]
fn activation_layers_do_what_the_functions_do() {
    let x = randn(&[2, 3, 4], 5);
    assert_eq!(Relu.forward(&x).unwrap(), x.relu());
    assert_eq!(Gelu.forward(&x).unwrap(), x.gelu());
    assert_eq!(Softmax.forward(&x).unwrap(), x.softmax(2).unwrap());
    let sums = Softmax.forward(&x).unwrap().sum_axis(2).unwrap();
    assert!(elements(&sums).iter().all(|s| (s - 1.0).abs() < 1e-6));
}
