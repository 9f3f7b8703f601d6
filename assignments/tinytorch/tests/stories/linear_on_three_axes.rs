//! A transformer's output, `[B, T, D]`, into a linear layer.

use tinytorch::nn::{Linear, TransformerBlock};
use tinytorch::{Layer, Rng, layer};

use super::assert_flows;
use crate::common::randn;

/// The linear layer accepted only matrices, so `[2, 5, 8]` had to be flattened
/// by hand before the vocabulary projection. The layer must work on the last
/// axis, with any leading axes, and so must its gradient.
/// before; so does its gradient.
#[test]
fn the_output_of_a_block_goes_into_a_linear_layer() {
    let mut block = TransformerBlock::new(8, 2, &mut Rng::new(1)).unwrap();
    let mut head = Linear::new(8, 11, true, &mut Rng::new(2));
    layer::track(&mut block);
    layer::track(&mut head);
    let input = randn(&[2, 5, 8], 3).requires_grad();

    let hidden = Layer::forward(&block, &input).unwrap();
    let scores = head.forward(&hidden).unwrap();
    assert_eq!(scores.shape(), [2, 5, 11]);
    // Squares: with a plain sum, the normalizations would have gradients of 0.
    let gradients = scores.mul(&scores).unwrap().sum_all().backward().unwrap();
    let mut leaves = vec![("input", &input)];
    let parameters = [block.parameters(), head.parameters()].concat();
    leaves.extend(parameters.iter().map(|(name, tensor)| (name.as_str(), *tensor)));
    assert_flows(&gradients, &leaves);
}

/// Row by row, the result equals that of one matrix of all rows.
#[test]
fn three_axes_give_what_the_rows_give() {
    let head = Linear::new(8, 3, true, &mut Rng::new(2));
    let input = randn(&[2, 5, 8], 3);
    let rows = head.forward(&input.reshape(&[10, 8]).unwrap()).unwrap();
    assert_eq!(head.forward(&input).unwrap(), rows.reshape(&[2, 5, 3]).unwrap());
}
