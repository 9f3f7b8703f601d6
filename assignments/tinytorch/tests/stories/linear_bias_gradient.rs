//! The bias of a linear layer.

use tinytorch::nn::Linear;
use tinytorch::{Layer, Rng, Tensor, layer};

use crate::assert_flows;
use crate::common::randn;

/// To save an allocation, the bias is added in place to the product, past the
/// record of operations: then weights learn and the bias stays what it was. The
/// whole layer is one operation of the graph, and its bias an input of it.
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
