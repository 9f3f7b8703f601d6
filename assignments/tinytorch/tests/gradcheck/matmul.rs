//! Matrix products.

use proptest::prelude::*;

use super::shapes::{broadcast_pair, config, length};
use crate::common::gradcheck::check_gradients;
use crate::common::{oracle, randn};

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn matrix_product(m in length(), k in length(), n in length(), seed: u64) {
        let inputs = [randn(&[m, k], seed), randn(&[k, n], !seed)];
        check_gradients(&inputs, &|x| x[0].matmul(&x[1]), &|x| oracle::matmul(&x[0], &x[1]));
    }

    #[test]
    fn batched_product(
        (left, right) in broadcast_pair(),
        m in length(),
        k in length(),
        n in length(),
        seed: u64,
    ) {
        let left = randn(&[&left[..], &[m, k]].concat(), seed);
        let right = randn(&[&right[..], &[k, n]].concat(), !seed);
        check_gradients(
            &[left, right],
            &|x| x[0].bmm(&x[1]),
            &|x| oracle::matmul(&x[0], &x[1]),
        );
    }
}
