//! The bias of a linear layer.

use tinytorch::nn::Linear;
use tinytorch::{Layer, Rng, Tensor, layer};

use super::assert_flows;
use crate::common::randn;

/// To save an allocation, the bias is added to the product in place, which is
/// not recorded: the weights would learn and the bias would never change. So
/// the whole layer is one operation of the graph, with the bias as an input.
#[test]
fn a_bias_added_in_place_still_learns() {
    let mut linear = Linear::new(3, 2, true, &mut Rng::new(1));
    layer::track(&mut linear);
    let output = linear.forward(&randn(&[4, 5, 3], 2)).unwrap();
    let gradients = output.sum_all().backward().unwrap();
    let bias = linear.bias().unwrap();
    assert_flows(&gradients, &[("weight", linear.weight()), ("bias", bias)]);
    assert_eq!(*gradients.get(bias).unwrap(), Tensor::full(&[2], 20.0));
}
