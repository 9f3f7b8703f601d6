//! The gradient of layer normalization.

use tinytorch::nn::LayerNorm;
use tinytorch::{Layer, layer};

use super::assert_flows;
use crate::common::randn;

/// Mean and variance were computed outside the graph: the weight got a gradient,
/// and the input got none or one that ignored its effect on mean and variance.
/// The correct gradient has no component in the two directions that the layer
/// removes: each row sums to 0, and its product with the input row is 0.
#[test]
fn the_input_gets_a_gradient_that_knows_of_mean_and_variance() {
    let mut norm = LayerNorm::new(6, 1e-5);
    layer::track(&mut norm);
    let x = randn(&[2, 3, 6], 1).requires_grad();
    let output = norm.forward(&x).unwrap().mul(&randn(&[2, 3, 6], 2)).unwrap();
    let gradients = output.sum_all().backward().unwrap();
    assert_flows(&gradients, &[("x", &x), ("weight", norm.weight()), ("bias", norm.bias())]);

    let (gradient, rows) = (gradients.get(&x).unwrap().to_vec(), x.to_vec());
    for (gradient, row) in gradient.chunks(6).zip(rows.chunks(6)) {
        let sum: f32 = gradient.iter().sum();
        let along: f32 = gradient.iter().zip(row).map(|(g, x)| g * x).sum();
        // The second one is as close to 0 as eps allows; with the bug it was
        // about 1.
        assert!(sum.abs() < 1e-5 && along.abs() < 1e-2, "{sum} and {along}");
    }
}
