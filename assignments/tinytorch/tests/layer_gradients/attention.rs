//! Attention, with and without a mask and cached keys.

use proptest::prelude::*;
use tinytorch::nn::{KeyValue, MultiHeadAttention, TransformerBlock};
use tinytorch::{Layer, Rng, Tensor};

use super::wide::{self, AttentionWeights};
use super::{config, like_parameters, with_parameters};
use crate::common::gradcheck::{Forward, Oracle, check_gradients};
use crate::common::{oracle, randn};

fn layer(d_model: usize, heads: usize) -> MultiHeadAttention {
    MultiHeadAttention::new(d_model, heads, &mut Rng::new(1)).unwrap()
}

proptest! {
    #![proptest_config(config(25))]

    #[test]
    fn without_a_past(b in 0..=2_usize, t in 1..=5_usize, heads in 1..=3_usize, width in 1..=3_usize, causal: bool, seed: u64) {
        let d_model = heads * width;
        let layer = layer(d_model, heads);
        let mut inputs = vec![randn(&[b, t, d_model], seed)];
        inputs.extend(like_parameters(&layer, !seed));
        let forward = |x: &[Tensor]| {
            let layer = with_parameters(layer.clone(), &x[1..]);
            layer.forward(&x[0], None, causal).map(|(output, _)| output)
        };
        check_gradients(&inputs, &forward, &|x| {
            wide::attention(&x[0], &AttentionWeights { projections: &x[1..], heads, past: None, causal })
        });
    }

    #[test]
    fn with_a_past(b in 1..=2_usize, t in 1..=4_usize, s in 0..=4_usize, heads in 1..=2_usize, causal: bool, seed: u64) {
        let d_model = heads * 2;
        let layer = layer(d_model, heads);
        let mut inputs =
            vec![randn(&[b, t, d_model], seed), randn(&[b, heads, s, 2], seed ^ 1), randn(&[b, heads, s, 2], seed ^ 2)];
        inputs.extend(like_parameters(&layer, !seed));
        let forward = |x: &[Tensor]| {
            let layer = with_parameters(layer.clone(), &x[3..]);
            let past = KeyValue { k: x[1].clone(), v: x[2].clone() };
            layer.forward(&x[0], Some(&past), causal).map(|(output, _)| output)
        };
        check_gradients(&inputs, &forward, &|x| {
            let past = Some((&x[1], &x[2]));
            wide::attention(&x[0], &AttentionWeights { projections: &x[3..], heads, past, causal })
        });
    }
}

proptest! {
    #![proptest_config(config(6))]

    // More tokens than are computed in one block.
    #[test]
    fn of_many_tokens(t in 60..=140_usize, causal: bool, seed: u64) {
        let layer = layer(4, 2);
        let mut inputs = vec![randn(&[1, t, 4], seed)];
        inputs.extend(like_parameters(&layer, !seed));
        let forward = |x: &[Tensor]| {
            let layer = with_parameters(layer.clone(), &x[1..]);
            layer.forward(&x[0], None, causal).map(|(output, _)| output)
        };
        check_all_but(4, inputs, &forward, &|x| {
            wide::attention(&x[0], &AttentionWeights { projections: &x[1..], heads: 2, past: None, causal })
        });
    }

    #[test]
    fn transformer_block(b in 1..=2_usize, t in 1..=4_usize, seed: u64) {
        let block = TransformerBlock::new(4, 2, &mut Rng::new(1)).unwrap();
        let mut inputs = vec![randn(&[b, t, 4], seed)];
        inputs.extend(like_parameters(&block, !seed));
        check_all_but(
            6,
            inputs,
            &|x| Layer::forward(&with_parameters(block.clone(), &x[1..]), &x[0]),
            &|x| wide::block(&x[0], &x[1..], 2),
        );
    }
}

/// Omits the bias of the keys: it adds the same number to all scores of a
/// token, so the softmax does not change. Its gradient is 0 except for
/// rounding, so there is no scale to compare with.
#[track_caller]
fn check_all_but(key_bias: usize, mut inputs: Vec<Tensor>, f: Forward<'_>, oracle: Oracle<'_>) {
    let bias = inputs.remove(key_bias);
    let wide_bias = oracle::array(&bias);
    check_gradients(
        &inputs,
        &|x| f(&[&x[..key_bias], std::slice::from_ref(&bias), &x[key_bias..]].concat()),
        &|x| oracle(&[&x[..key_bias], std::slice::from_ref(&wide_bias), &x[key_bias..]].concat()),
    );
}
