//! Layers that work row by row: linear, normalization, embedding, flatten,
//! dropout.

use proptest::prelude::*;
use tinytorch::nn::{Dropout, Embedding, Flatten, LayerNorm, Linear};
use tinytorch::{Layer, Mode, Tensor};

use super::{config, wide};
use crate::common::gradcheck::check_gradients;
use crate::common::{oracle, randn};

/// 0 to 3 leading axes, occasionally an empty one.
fn leading() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![1 => Just(0), 4 => Just(1), 20 => 2..=4_usize], 0..=3)
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn linear(leading in leading(), features in 1..=9_usize, outputs in 1..=9_usize, seed: u64) {
        let shape = [&leading[..], &[features]].concat();
        let inputs = [
            randn(&shape, seed),
            randn(&[features, outputs], seed ^ 1),
            randn(&[outputs], seed ^ 2),
        ];
        let build = |x: &[Tensor]| Linear::from_parameters(x[1].clone(), x.get(2).cloned());
        let forward = |x: &[Tensor]| build(x)?.forward(&x[0]);
        check_gradients(&inputs, &forward, &|x| wide::linear(&x[0], &x[1], Some(&x[2])));
        check_gradients(&inputs[..2], &forward, &|x| wide::linear(&x[0], &x[1], None));
    }

    // A single feature is its own mean: the output is the bias, the gradient is
    // 0.
    #[test]
    fn layer_norm(leading in leading(), dim in 2..=40_usize, seed: u64) {
        let shape = [&leading[..], &[dim]].concat();
        let inputs = [randn(&shape, seed), randn(&[dim], seed ^ 1), randn(&[dim], seed ^ 2)];
        check_gradients(
            &inputs,
            &|x| LayerNorm::from_parameters(x[1].clone(), x[2].clone(), 1e-5)?.forward(&x[0]),
            &|x| wide::layer_norm(&x[0], &x[1], &x[2]),
        );
    }

    #[test]
    fn embedding(rows in 1..=5_usize, dim in 1..=5_usize, ids in prop::collection::vec(0..100_usize, 0..9), seed: u64) {
        let ids: Vec<usize> = ids.iter().map(|id| id % rows).collect();
        let shape = [ids.len(), 1];
        check_gradients(
            &[randn(&[rows, dim], seed)],
            &|x| Embedding::from_parameters(x[0].clone())?.forward_ids(&ids, &shape),
            &|x| wide::embedding(&x[0], &ids, &shape),
        );
    }

    #[test]
    fn flatten(shape in prop::collection::vec(0..=4_usize, 1..=4), seed: u64) {
        let flat = [shape[0], shape[1..].iter().product()];
        check_gradients(
            &[randn(&shape, seed)],
            &|x| Flatten.forward(&x[0]),
            &|x| oracle::reshape(&x[0], &flat),
        );
    }

    // The mask does not depend on the input, so the test can compute it.
    #[test]
    fn dropout(rows in 1..=6_usize, columns in 1..=6_usize, p in 0.0..0.9_f32, seed: u64, step: u64) {
        let mut layer = Dropout::new(p, seed).unwrap();
        layer.set_mode(Mode::Train { step });
        let mask = oracle::array(&layer.forward(&Tensor::ones(&[rows, columns])).unwrap());
        check_gradients(
            &[randn(&[rows, columns], seed)],
            &|x| layer.forward(&x[0]),
            &|x| &x[0] * &mask,
        );
    }
}
