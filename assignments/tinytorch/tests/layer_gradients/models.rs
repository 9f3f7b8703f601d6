//! Whole models with a loss: every parameter.

use proptest::prelude::*;
use tinytorch::models::{Cnn, CnnConfig, Gpt, GptConfig, Mlp};
use tinytorch::{Layer, Rng, loss};

use super::{config, like_parameters, wide, with_parameters};
use crate::common::gradcheck::check_gradients;
use crate::common::oracle::{self, OracleArray};
use crate::common::randn;

/// Random classes.
fn targets(count: usize, classes: usize, seed: u64) -> Vec<usize> {
    let mut rng = Rng::new(seed);
    (0..count).map(|_| (rng.uniform() * classes as f64) as usize).collect()
}

fn cross_entropy(logits: &OracleArray, targets: &[usize]) -> OracleArray {
    let targets: Vec<_> = targets.iter().copied().map(Some).collect();
    oracle::cross_entropy(logits, &targets)
}

proptest! {
    #![proptest_config(config(8))]

    #[test]
    fn mlp(n in 1..=3_usize, inside in 1..=6_usize, seed: u64) {
        let sizes = [5, inside, 4, 3];
        let build = || Mlp::new(&sizes, &mut Rng::new(1)).unwrap();
        let mut inputs = like_parameters(&build(), !seed);
        inputs.push(randn(&[n, 5], seed));
        let classes = targets(n, 3, seed);
        check_gradients(
            &inputs,
            &|x| loss::cross_entropy(&with_parameters(build(), &x[..6]).forward(&x[6])?, &classes),
            &|x| {
                let inside = wide::linear(&x[6], &x[0], Some(&x[1])).mapv(oracle::relu);
                let inside = wide::linear(&inside, &x[2], Some(&x[3])).mapv(oracle::relu);
                cross_entropy(&wide::linear(&inside, &x[4], Some(&x[5])), &classes)
            },
        );
    }
}

proptest! {
    #![proptest_config(config(3))]

    #[test]
    fn cnn(more in 0..=3_usize, seed: u64) {
        let sizes = CnnConfig { in_channels: 2, image: (10 + more, 11), channels: [2, 3], classes: 3 };
        let build = || Cnn::new(sizes.clone(), &mut Rng::new(1)).unwrap();
        let mut inputs = like_parameters(&build(), !seed);
        inputs.push(randn(&[2, 2, 10 + more, 11], seed));
        let classes = targets(2, 3, seed);
        check_gradients(
            &inputs,
            &|x| loss::cross_entropy(&with_parameters(build(), &x[..6]).forward(&x[6])?, &classes),
            &|x| {
                let stage = |image: &OracleArray, i: usize| {
                    let output = wide::conv2d(image, &x[i], &x[i + 1], (1, 1), (0, 0));
                    wide::max_pool2d(&output.mapv(oracle::relu), (2, 2), (2, 2))
                };
                let image = stage(&stage(&x[6], 0), 2);
                let flat = oracle::reshape(&image, &[2, image.len() / 2]);
                cross_entropy(&wide::linear(&flat, &x[4], Some(&x[5])), &classes)
            },
        );
    }

    #[test]
    fn gpt_of_two_blocks(b in 1..=2_usize, t in 1..=4_usize, seed: u64) {
        let sizes = GptConfig { vocab_size: 5, max_seq_len: 4, d_model: 4, n_heads: 2, n_layers: 2 };
        let gpt = Gpt::new(sizes, &mut Rng::new(1)).unwrap();
        let parameters = like_parameters(&gpt, !seed);
        let ids = targets(b * t, 5, seed ^ 1);
        let rows: Vec<Vec<usize>> = ids.chunks(t).map(<[usize]>::to_vec).collect();
        let classes = targets(b * t, 5, seed);
        check_gradients(
            &parameters,
            &|x| loss::cross_entropy(&with_parameters(gpt.clone(), x).forward_ids(&rows)?, &classes),
            &|x| {
                let positions = oracle::slice_axis(&x[1], 0, 0, t);
                let mut hidden = wide::embedding(&x[0], &ids, &[b, t]);
                hidden = oracle::zip(&hidden, &positions, |a, b| a + b);
                for block in 0..2 {
                    hidden = wide::block(&hidden, &x[2 + 16 * block..][..16], 2);
                }
                let normal = wide::layer_norm(&hidden, &x[34], &x[35]);
                cross_entropy(&wide::linear(&normal, &x[36], None), &classes)
            },
        );
    }
}
