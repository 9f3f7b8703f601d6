//! The linear layer.

use crate::common::{assert_close, at, by_index, elements, error_text, randn};
use tinytorch::nn::{Embedding, LayerNorm, Linear, TransformerBlock};
use tinytorch::{Layer, Rng, Tensor};

fn layer(inputs: usize, outputs: usize) -> Linear {
    let bias = Some(randn(&[outputs], 2));
    Linear::from_parameters(randn(&[inputs, outputs], 1), bias).unwrap()
}

fn oracle(layer: &Linear, x: &Tensor) -> (Vec<usize>, Vec<f64>) {
    let mut shape = x.shape().to_vec();
    let last = shape.len() - 1;
    shape[last] = layer.out_features();
    by_index(&shape, |i| {
        let term = |k| at(x, &[&i[..last], &[k]].concat()) * at(layer.weight(), &[k, i[last]]);
        let bias = layer.bias().map_or(0.0, |b| at(b, &[i[last]]));
        (0..layer.in_features()).map(term).sum::<f64>() + bias
    })
}

#[test]
fn any_leading_axes_are_kept() {
    let linear = layer(5, 3);
    for shape in [&[5][..], &[1, 5], &[7, 5], &[2, 7, 5], &[2, 3, 4, 5]] {
        let x = randn(shape, 3);
        assert_close(&linear.forward(&x).unwrap(), &oracle(&linear, &x), 1e-5);
    }
}

/// In the original course, the linear layer accepted only matrices, so the
/// output of a transformer, `[B, T, D]`, could not go into its output
/// projection.
#[test]
fn the_output_of_a_transformer_goes_into_a_linear_layer() {
    let rng = &mut Rng::new(4);
    let tokens = Embedding::new(11, 8, rng).forward_ids(&[1, 2, 3, 4, 5, 6], &[2, 3]).unwrap();
    let hidden = TransformerBlock::new(8, 2, rng).unwrap().forward(&tokens).unwrap();
    let hidden = LayerNorm::new(8, 1e-5).forward(&hidden).unwrap();
    let head = layer(8, 11);
    let logits = head.forward(&hidden).unwrap();
    assert_eq!(logits.shape(), [2, 3, 11]);
    assert_close(&logits, &oracle(&head, &hidden), 1e-5);
}

#[test]
fn views_are_read_in_their_own_order() {
    let linear = layer(5, 3);
    let x = randn(&[5, 4, 2], 5).permute(&[2, 1, 0]).unwrap();
    assert_close(&linear.forward(&x).unwrap(), &oracle(&linear, &x), 1e-5);
    let x = randn(&[5, 4], 6).t().unwrap();
    assert_close(&linear.forward(&x).unwrap(), &oracle(&linear, &x), 1e-5);
}

#[test]
fn the_bias_is_optional() {
    let linear = Linear::new(4, 2, false, &mut Rng::new(7));
    assert!(linear.bias().is_none());
    let x = randn(&[3, 4], 8);
    assert_close(&linear.forward(&x).unwrap(), &oracle(&linear, &x), 1e-5);
}

#[test]
fn an_empty_batch_gives_an_empty_output() {
    assert_eq!(layer(5, 3).forward(&Tensor::zeros(&[0, 2, 5])).unwrap().shape(), [0, 2, 3]);
    let constant = layer(0, 3).forward(&Tensor::zeros(&[2, 0])).unwrap();
    assert_eq!(
        constant.slice_axis(0, 1, 2).unwrap().to_vec(),
        layer(0, 3).bias().unwrap().to_vec()
    );
}

#[test]
fn forward_leaves_input_and_parameters() {
    let (linear, x) = (layer(5, 3), randn(&[2, 5], 9));
    let before = (x.to_vec(), elements(linear.bias().unwrap()));
    let first = linear.forward(&x).unwrap();
    assert_eq!(linear.forward(&x).unwrap(), first);
    assert_eq!((x.to_vec(), elements(linear.bias().unwrap())), before);
}

#[test]
fn new_weights_keep_the_variance() {
    let linear = Linear::new(400, 300, true, &mut Rng::new(10));
    let squares = linear.weight().map(|w| w * w).sum();
    assert!((squares / 300.0 - 1.0).abs() < 0.05, "{squares}");
    assert_eq!(linear.bias().unwrap(), &Tensor::zeros(&[300]));
}

#[test]
fn wrong_shapes_are_named() {
    let text = error_text(layer(5, 3).forward(&Tensor::zeros(&[2, 4])));
    assert_eq!(text, "linear: [2, 4] x [5, 3]: the last dimension must be in_features, 5");
    assert!(
        error_text(layer(5, 3).forward(&Tensor::scalar(1.0))).starts_with("linear: [] x [5, 3]")
    );
    let text = error_text(Linear::from_parameters(Tensor::zeros(&[5]), None));
    assert_eq!(text, "linear: [5]: the weight must be [in_features, out_features]");
    let bias = Some(Tensor::zeros(&[5]));
    let text = error_text(Linear::from_parameters(Tensor::zeros(&[5, 3]), bias));
    assert_eq!(text, "linear: [5, 3] x [5]: the bias must be [3]");
}
