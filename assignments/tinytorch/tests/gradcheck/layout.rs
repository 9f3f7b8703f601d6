//! Reshaping, transposing, slicing and concatenating.

use proptest::prelude::*;
use tinytorch::{Rng, Tensor};

use super::shapes::{config, shape, shape_and_axis};
use crate::common::gradcheck::check_gradients;
use crate::common::{oracle, randn};

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn reshape(shape in shape(), seed: u64) {
        let input = [randn(&shape, seed)];
        let other: Vec<usize> = [&[1], &shape[1.min(shape.len())..], &shape[..1.min(shape.len())]].concat();
        for to in [&[input[0].len()][..], &other] {
            check_gradients(
                &input,
                &|x| x[0].reshape(to),
                &|x| oracle::reshape(&x[0], to),
            );
        }
    }

    #[test]
    fn transpose_and_permute((shape, axis) in shape_and_axis(), seed: u64) {
        let last = shape.len() - 1;
        let mut order: Vec<usize> = (0..shape.len()).collect();
        Rng::new(seed).shuffle(&mut order);
        let input = [randn(&shape, seed)];
        check_gradients(&input, &|x| x[0].transpose(axis, last), &|x| {
            let mut view = x[0].clone();
            view.swap_axes(axis, last);
            view
        });
        check_gradients(
            &input,
            &|x| x[0].permute(&order),
            &|x| x[0].clone().permuted_axes(order.clone()),
        );
    }

    #[test]
    fn matrix_transpose(rows in 0..5_usize, columns in 0..5_usize, seed: u64) {
        check_gradients(
            &[randn(&[rows, columns], seed)],
            &|x| x[0].t(),
            &|x| x[0].clone().reversed_axes(),
        );
    }

    #[test]
    fn slice((shape, axis) in shape_and_axis(), a: usize, b: usize, seed: u64) {
        let (a, b) = (a % (shape[axis] + 1), b % (shape[axis] + 1));
        let (start, end) = (a.min(b), a.max(b));
        check_gradients(
            &[randn(&shape, seed)],
            &|x| x[0].slice_axis(axis, start, end),
            &|x| oracle::slice_axis(&x[0], axis, start, end),
        );
    }

    #[test]
    fn concatenation(
        (shape, axis) in shape_and_axis(),
        lengths in prop::collection::vec(0..4_usize, 1..=4),
        seed: u64,
    ) {
        let part = |(i, &length): (u64, &usize)| {
            let mut shape = shape.clone();
            shape[axis] = length;
            randn(&shape, seed.wrapping_add(i))
        };
        let inputs: Vec<Tensor> = (0..).zip(&lengths).map(part).collect();
        check_gradients(
            &inputs,
            &|x| Tensor::concat(x, axis),
            &|x| oracle::concat(x, axis),
        );
    }
}
