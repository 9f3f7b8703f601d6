//! Multi-head attention against a loop over heads and positions in f64.

use crate::common::{assert_close, at, by_index, error_text, randn};
use tinytorch::nn::{KeyValue, Linear, MultiHeadAttention};
use tinytorch::{Layer, Rng, Tensor};

const D: usize = 12;
const HEADS: usize = 3;

fn attention() -> MultiHeadAttention {
    // A new layer's biases are zero; these are not, because otherwise a forgotten bias
    // would go unnoticed.
    let projection =
        |seed| Linear::from_parameters(randn(&[D, D], seed), Some(randn(&[D], seed + 1))).unwrap();
    let [query, key, value, output] = [11, 21, 31, 41].map(projection);
    MultiHeadAttention::from_projections(query, key, value, output, HEADS).unwrap()
}

/// One position of one projection, column `d`.
fn project(layer: &Linear, x: &Tensor, b: usize, t: usize, d: usize) -> f64 {
    let product: f64 = (0..D).map(|k| at(x, &[b, t, k]) * at(layer.weight(), &[k, d])).sum();
    product + at(layer.bias().unwrap(), &[d])
}

/// The output of all heads at one position, before the output projection.
fn heads_at(mha: &MultiHeadAttention, x: &Tensor, b: usize, t: usize, causal: bool) -> Vec<f64> {
    let width = D / HEADS;
    let seen = if causal { t + 1 } else { x.shape()[1] };
    let mut joined = vec![0.0; D];
    for head in 0..HEADS {
        let columns = head * width..(head + 1) * width;
        let weights: Vec<f64> = (0..seen)
            .map(|s| {
                let product = |d| project(mha.query(), x, b, t, d) * project(mha.key(), x, b, s, d);
                let score: f64 = columns.clone().map(product).sum();
                (score / (width as f64).sqrt()).exp()
            })
            .collect();
        let total: f64 = weights.iter().sum();
        for d in columns {
            let value = |s| weights[s] / total * project(mha.value(), x, b, s, d);
            joined[d] = (0..seen).map(value).sum();
        }
    }
    joined
}

fn oracle(mha: &MultiHeadAttention, x: &Tensor, causal: bool) -> (Vec<usize>, Vec<f64>) {
    by_index(x.shape(), |i| {
        let joined = heads_at(mha, x, i[0], i[1], causal);
        let output = mha.output();
        let product: f64 = (0..D).map(|k| joined[k] * at(output.weight(), &[k, i[2]])).sum();
        product + at(output.bias().unwrap(), &[i[2]])
    })
}

fn tokens(x: &Tensor, start: usize, end: usize) -> Tensor {
    x.slice_axis(1, start, end).unwrap()
}

#[test]
fn attention_matches_the_loop_with_and_without_causality() {
    let mha = attention();
    for shape in [[1, 1, D], [2, 2, D], [1, 5, D], [3, 4, D]] {
        let x = randn(&shape, 2);
        for causal in [true, false] {
            let (output, _) = mha.forward(&x, None, causal).unwrap();
            assert_close(&output, &oracle(&mha, &x, causal), 1e-5);
        }
    }
}

#[test]
fn attention_reads_views_in_their_own_order() {
    let mha = attention();
    let x = randn(&[D, 4, 2], 3).transpose(0, 2).unwrap();
    let (output, _) = mha.forward(&x, None, true).unwrap();
    assert_close(&output, &oracle(&mha, &x, true), 1e-5);
}

#[test]
fn a_single_token_with_a_cache_is_the_last_position_of_the_whole() {
    let (mha, x) = (attention(), randn(&[2, 6, D], 4));
    let (whole, whole_kv) = mha.forward(&x, None, true).unwrap();
    let (_, past) = mha.forward(&tokens(&x, 0, 5), None, true).unwrap();
    let (last, kv) = mha.forward(&tokens(&x, 5, 6), Some(&past), true).unwrap();
    assert!(last.allclose(&tokens(&whole, 5, 6), 1e-5, 1e-6));
    assert_eq!(kv.k.shape(), [2, HEADS, 6, D / HEADS]);
    assert!(kv.k.allclose(&whole_kv.k, 1e-5, 1e-6) && kv.v.allclose(&whole_kv.v, 1e-5, 1e-6));
}

#[test]
fn several_tokens_with_a_cache_do_not_see_ahead() {
    let (mha, x) = (attention(), randn(&[2, 7, D], 5));
    let (whole, _) = mha.forward(&x, None, true).unwrap();
    let (_, past) = mha.forward(&tokens(&x, 0, 2), None, true).unwrap();
    let (rest, _) = mha.forward(&tokens(&x, 2, 7), Some(&past), true).unwrap();
    assert!(rest.allclose(&tokens(&whole, 2, 7), 1e-5, 1e-6));
}

#[test]
fn keys_and_values_are_split_by_head() {
    let (mha, x) = (attention(), randn(&[2, 4, D], 6));
    let (_, kv) = mha.forward(&x, None, true).unwrap();
    let shape = [2, HEADS, 4, D / HEADS];
    let column = |i: &[usize]| i[1] * (D / HEADS) + i[3];
    let keys = by_index(&shape, |i| project(mha.key(), &x, i[0], i[2], column(i)));
    let values = by_index(&shape, |i| project(mha.value(), &x, i[0], i[2], column(i)));
    assert_close(&kv.k, &keys, 1e-5);
    assert_close(&kv.v, &values, 1e-5);
}

#[test]
fn as_a_layer_attention_is_causal() {
    let (mha, x) = (attention(), randn(&[1, 4, D], 7));
    let output = Layer::forward(&mha, &x).unwrap();
    assert_eq!(output, mha.forward(&x, None, true).unwrap().0);
    assert_ne!(output, mha.forward(&x, None, false).unwrap().0);
}

#[test]
fn no_sequences_and_no_tokens_are_fine() {
    let mha = attention();
    for shape in [[0, 3, D], [2, 0, D]] {
        let (output, kv) = mha.forward(&Tensor::zeros(&shape), None, true).unwrap();
        assert_eq!(output.shape(), shape);
        assert_eq!(kv.v.shape(), [shape[0], HEADS, shape[1], D / HEADS]);
    }
}

#[test]
fn a_past_that_does_not_fit_is_named() {
    let mha = attention();
    let x = randn(&[2, 1, D], 8);
    let past = |k: &[usize], v: &[usize]| KeyValue { k: Tensor::zeros(k), v: Tensor::zeros(v) };
    let good = [2, HEADS, 5, 4];
    let wrong_shapes = [
        (past(&[1, 3, 5, 4], &good), "[1, 3, 5, 4]"),
        (past(&[2, 4, 5, 4], &good), "[2, 4, 5, 4]"),
        (past(&good, &[2, 3, 6, 4]), "[2, 3, 6, 4]"),
        (past(&good, &[2, 3, 20]), "[2, 3, 20]"),
    ];
    for (past, shape) in wrong_shapes {
        let text = error_text(mha.forward(&x, Some(&past), true));
        let reason = "past keys and values must be [2, 3, S, 4], same S";
        assert_eq!(text, format!("attention: {shape} x [2, 3, 1, 4]: {reason}"));
    }
    assert!(mha.forward(&x, Some(&past(&good, &good)), true).is_ok());
}

#[test]
fn wrong_inputs_are_named() {
    let text = error_text(attention().forward(&Tensor::zeros(&[2, 3, 8]), None, true));
    assert_eq!(text, "attention: [2, 3, 8]: the input must be [B, T, 12]");
    let text = error_text(attention().forward(&Tensor::zeros(&[3, D]), None, true));
    assert_eq!(text, "attention: [3, 12]: the input must be [B, T, 12]");
}

#[test]
fn heads_must_divide_the_width() {
    let build = |heads| error_text(MultiHeadAttention::new(D, heads, &mut Rng::new(1)));
    assert_eq!(build(5), "attention: n_heads 5 must divide d_model 12");
    assert_eq!(build(0), "attention: n_heads 0 must divide d_model 12");
    let square = || Linear::new(4, 4, true, &mut Rng::new(1));
    let bare = Linear::new(4, 4, false, &mut Rng::new(1));
    let built = MultiHeadAttention::from_projections(square(), square(), bare, square(), 2);
    let text = "attention: [4, 4]: each projection must be [4, 4] with a bias";
    assert_eq!(error_text(built), text);
}
