//! Element-wise operations against f64, one element at a time.

use crate::common::{assert_close, at, by_index, error_text, randn};
use tinytorch::{Result, Tensor};

type BinaryOp = (&'static str, fn(&Tensor, &Tensor) -> Result<Tensor>, fn(f64, f64) -> f64);
type UnaryOp = fn(f64) -> f64;
const BINARY: [BinaryOp; 4] = [
    ("add", Tensor::add, |a, b| a + b),
    ("sub", Tensor::sub, |a, b| a - b),
    ("mul", Tensor::mul, |a, b| a * b),
    ("div", Tensor::div, |a, b| a / b),
];

/// The element that broadcasting pairs with `index` of the result.
fn broadcast_at(tensor: &Tensor, index: &[usize]) -> f64 {
    let own = &index[index.len() - tensor.ndim()..];
    let own: Vec<usize> = (own.iter().zip(tensor.shape()))
        .map(|(&i, &length)| if length == 1 { 0 } else { i })
        .collect();
    at(tensor, &own)
}

#[test]
fn operations_broadcast_in_both_directions() {
    let cases: [(&[usize], &[usize], &[usize]); 8] = [
        (&[2, 3], &[2, 3], &[2, 3]),
        (&[2, 3], &[3], &[2, 3]),
        (&[3], &[2, 3], &[2, 3]),
        (&[4, 1, 3], &[2, 1], &[4, 2, 3]),
        (&[5, 1], &[1, 7], &[5, 7]),
        (&[], &[2, 2], &[2, 2]),
        (&[1], &[0, 3], &[0, 3]),
        (&[], &[], &[]),
    ];
    for (left, right, result) in cases {
        let (a, b) = (randn(left, 1), randn(right, 2));
        for (name, operation, oracle) in BINARY {
            let actual = operation(&a, &b).expect(name);
            let element = |i: &[usize]| oracle(broadcast_at(&a, i), broadcast_at(&b, i));
            assert_close(&actual, &by_index(result, element), 1e-6);
        }
    }
}

#[test]
fn operations_read_views_in_their_own_order() {
    let a = randn(&[5, 3], 3).t().unwrap().slice_axis(1, 1, 4).unwrap();
    let b = randn(&[3, 3], 4);
    for (name, operation, oracle) in BINARY {
        let actual = operation(&a, &b).expect(name);
        assert_close(&actual, &by_index(&[3, 3], |i| oracle(at(&a, i), at(&b, i))), 1e-6);
    }
}

#[test]
fn shapes_that_do_not_broadcast_are_named() {
    for (name, operation, _) in BINARY {
        let text = error_text(operation(&Tensor::zeros(&[2, 3, 4]), &Tensor::zeros(&[2, 4])));
        let reason = "lengths 3 and 2 on axis -2 do not broadcast: equal, or one of them 1";
        assert_eq!(text, format!("{name}: [2, 3, 4] x [2, 4]: {reason}"));
        let text = error_text(operation(&Tensor::zeros(&[0]), &Tensor::zeros(&[2])));
        assert!(text.starts_with(&format!("{name}: [0] x [2]: lengths 0 and 2")), "{text}");
    }
}

#[test]
fn an_operation_leaves_its_operands() {
    let (a, b) = (randn(&[4], 5), randn(&[4], 6));
    let (a_before, b_before) = (a.to_vec(), b.to_vec());
    for (name, operation, _) in BINARY {
        let _ = operation(&a, &b).expect(name);
    }
    assert_eq!((a.to_vec(), b.to_vec()), (a_before, b_before));
}

#[test]
fn functions_of_one_number_match_f64() {
    let x = Tensor::rand_uniform(&[3, 7], 0.1, 4.0, &mut tinytorch::Rng::new(7)).t().unwrap();
    let cases: [(Tensor, UnaryOp); 7] = [
        (x.exp(), f64::exp),
        (x.ln(), f64::ln),
        (x.sqrt(), f64::sqrt),
        (x.tanh(), f64::tanh),
        (x.add_scalar(1.5), |x| x + 1.5),
        (x.mul_scalar(-2.5), |x| x * -2.5),
        (x.map(|x| x * x), |x| x * x),
    ];
    for (actual, oracle) in cases {
        assert_close(&actual, &by_index(&[7, 3], |i| oracle(at(&x, i))), 1e-6);
    }
    assert_eq!(Tensor::zeros(&[0, 2]).exp().shape(), [0, 2]);
}

#[test]
fn what_has_no_value_is_infinite_or_nan() {
    let one_and_zero = Tensor::scalar(1.0).div(&Tensor::scalar(0.0)).unwrap();
    assert_eq!(one_and_zero.get(&[]), Ok(f32::INFINITY));
    assert!(Tensor::scalar(-1.0).ln().get(&[]).unwrap().is_nan());
    assert!(Tensor::scalar(-1.0).sqrt().get(&[]).unwrap().is_nan());
}
