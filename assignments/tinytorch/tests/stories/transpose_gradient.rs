//! The gradient of a transpose.

use super::assert_flows;
use crate::common::randn;

/// Transposing created a new tensor without history, so no gradient passed
/// through it: keys, which attention transposes, never learned. Where a gradient
/// did pass, it kept the transposed shape.
#[test]
fn a_gradient_comes_back_in_the_order_of_the_leaf() {
    let x = randn(&[2, 3, 4], 1).requires_grad();
    let weights = randn(&[2, 3, 4], 2);
    for order in [[0, 2, 1], [1, 0, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let turned = x.permute(&order).unwrap().mul(&weights.permute(&order).unwrap()).unwrap();
        let gradients = turned.sum_all().backward().unwrap();
        assert_flows(&gradients, &[("x", &x)]);
        assert_eq!(*gradients.get(&x).unwrap(), weights, "{order:?}");
    }
    let turned = x.transpose(1, 2).unwrap().mul(&weights.transpose(1, 2).unwrap()).unwrap();
    let gradients = turned.sum_all().backward().unwrap();
    assert_eq!(*gradients.get(&x).unwrap(), weights);
}
