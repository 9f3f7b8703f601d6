//! Differences and quotients.

use tinytorch::Tensor;

use super::assert_flows;
use crate::common::randn;

/// Only sums and products had a backward pass. Most losses contain a
/// difference, and a normalization contains a quotient: neither trained
/// anything.
#[test]
fn both_sides_of_a_difference_get_a_gradient() {
    let (a, b) = (randn(&[3, 4], 1).requires_grad(), randn(&[4], 2).requires_grad());
    let gradients = a.sub(&b).unwrap().sum_all().backward().unwrap();
    assert_flows(&gradients, &[("left", &a), ("right", &b)]);
    assert_eq!(*gradients.get(&a).unwrap(), Tensor::ones(&[3, 4]));
    // Broadcast over three rows, with a negative sign.
    assert_eq!(*gradients.get(&b).unwrap(), Tensor::full(&[4], -3.0));
}

#[test]
fn both_sides_of_a_quotient_get_a_gradient() {
    let a = Tensor::from_vec(vec![6.0, 8.0], &[2]).unwrap().requires_grad();
    let b = Tensor::from_vec(vec![2.0, 4.0], &[2]).unwrap().requires_grad();
    let gradients = a.div(&b).unwrap().sum_all().backward().unwrap();
    assert_flows(&gradients, &[("left", &a), ("right", &b)]);
    // The gradients are 1 / b and -a / b^2.
    assert_eq!(gradients.get(&a).unwrap().to_vec(), [0.5, 0.25]);
    assert_eq!(gradients.get(&b).unwrap().to_vec(), [-1.5, -0.5]);
}
