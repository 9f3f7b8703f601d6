//! Layer normalization against f64.

use crate::common::{assert_close, at, by_index, error_text, randn};
use tinytorch::nn::LayerNorm;
use tinytorch::{Layer, Tensor};

fn layer_norm_oracle(layer: &LayerNorm, x: &Tensor) -> (Vec<usize>, Vec<f64>) {
    let last = x.ndim() - 1;
    let dim = layer.dim();
    by_index(x.shape(), |i| {
        let row: Vec<f64> = (0..dim).map(|k| at(x, &[&i[..last], &[k]].concat())).collect();
        let mean = row.iter().sum::<f64>() / dim as f64;
        let variance = row.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / dim as f64;
        let normalized = (row[i[last]] - mean) / (variance + f64::from(layer.eps())).sqrt();
        normalized * at(layer.weight(), &[i[last]]) + at(layer.bias(), &[i[last]])
    })
}

#[test]
fn layer_norm_matches_f64() {
    let layer = LayerNorm::from_parameters(randn(&[5], 3), randn(&[5], 4), 1e-5).unwrap();
    let view = randn(&[5, 3, 2], 5).transpose(0, 2).unwrap();
    for x in [randn(&[5], 6), randn(&[3, 5], 7), randn(&[2, 3, 5], 8), view] {
        assert_close(&layer.forward(&x).unwrap(), &layer_norm_oracle(&layer, &x), 1e-5);
    }
}

#[test]
fn layer_norm_of_a_constant_row_is_the_bias() {
    let layer = LayerNorm::new(3, 1e-5);
    let x = Tensor::full(&[2, 3], 7.0);
    assert_eq!(layer.forward(&x).unwrap(), Tensor::zeros(&[2, 3]));
    assert_eq!(layer.forward(&Tensor::zeros(&[0, 3])).unwrap().shape(), [0, 3]);
}

#[test]
fn a_large_mean_costs_layer_norm_no_precision() {
    // E[x^2] - E[x]^2 would lose all digits of the variance here.
    let layer = LayerNorm::new(4, 1e-5);
    let x = Tensor::from_vec(vec![4096.0, 4097.0, 4098.0, 4099.0], &[4]).unwrap();
    assert_close(&layer.forward(&x).unwrap(), &layer_norm_oracle(&layer, &x), 1e-5);
}

#[test]
fn layer_norm_needs_its_own_width() {
    let text = error_text(LayerNorm::new(4, 1e-5).forward(&Tensor::zeros(&[2, 3])));
    assert_eq!(text, "layer_norm: [2, 3] x [4]: the last dimension must be dim, 4");
    let (weight, bias) = (Tensor::zeros(&[4]), Tensor::zeros(&[3]));
    let text = error_text(LayerNorm::from_parameters(weight, bias, 1e-5));
    assert_eq!(text, "layer_norm: [4] x [3]: weight and bias must both be [dim]");
}
