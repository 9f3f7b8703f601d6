//! Softmax, its logarithm, and the losses.

use proptest::prelude::*;
use tinytorch::Rng;
use tinytorch::loss::{cross_entropy, cross_entropy_where, mse};

use super::shapes::{config, shape, shape_and_axis};
use crate::common::gradcheck::check_gradients;
use crate::common::{oracle, randn};

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn softmax_along_an_axis((shape, axis) in shape_and_axis(), seed: u64) {
        let input = [randn(&shape, seed).mul_scalar(2.0)];
        check_gradients(&input, &|x| x[0].softmax(axis), &|x| oracle::softmax(&x[0], axis));
        check_gradients(
            &input,
            &|x| x[0].log_softmax(axis),
            &|x| oracle::log_softmax(&x[0], axis),
        );
    }

    #[test]
    fn causal_softmax(
        batch in prop::collection::vec(0..3_usize, 0..=2),
        tokens in 0..7_usize,
        past in 0..7_usize,
        scale in 0.1..2.0_f32,
        seed: u64,
    ) {
        let shape = [&batch[..], &[tokens, past + tokens]].concat();
        check_gradients(
            &[randn(&shape, seed)],
            &|x| x[0].causal_softmax(scale),
            &|x| oracle::causal_softmax(&x[0], f64::from(scale)),
        );
    }

    #[test]
    fn cross_entropy_of_all_rows(shape in shape(), classes in 1..20_usize, seed: u64) {
        prop_assume!(!shape.contains(&0));
        let mut rng = Rng::new(seed);
        let rows = shape.iter().product::<usize>();
        let targets: Vec<usize> = (0..rows).map(|_| rng.below(classes)).collect();
        let known: Vec<_> = targets.iter().copied().map(Some).collect();
        check_gradients(
            &[randn(&[&shape[..], &[classes]].concat(), seed)],
            &|x| cross_entropy(&x[0], &targets),
            &|x| oracle::cross_entropy(&x[0], &known),
        );
    }

    #[test]
    fn cross_entropy_of_some_rows(rows in 1..9_usize, classes in 1..20_usize, seed: u64) {
        let mut rng = Rng::new(seed);
        let mut draw = |_| (rng.below(2) == 0).then(|| rng.below(classes));
        let mut targets: Vec<_> = (0..rows).map(&mut draw).collect();
        targets[rows / 2] = Some(0); // at least one
        check_gradients(
            &[randn(&[rows, classes], seed)],
            &|x| cross_entropy_where(&x[0], &targets),
            &|x| oracle::cross_entropy(&x[0], &targets),
        );
    }

    #[test]
    fn squared_error(shape in shape(), seed: u64) {
        prop_assume!(!shape.contains(&0));
        let inputs = [randn(&shape, seed), randn(&shape, !seed)];
        check_gradients(
            &inputs,
            &|x| mse(&x[0], &x[1]),
            &|x| oracle::scalar((&x[0] - &x[1]).mapv(|d| d * d).sum() / x[0].len() as f64),
        );
    }
}
