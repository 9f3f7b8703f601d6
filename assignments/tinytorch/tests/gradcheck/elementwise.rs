//! Arithmetic with broadcasting, and functions of a single number.

use proptest::prelude::*;
use tinytorch::{Result, Rng, Tensor};

use super::shapes::{apart, broadcast_pair, config, shape, uniform};
use crate::common::gradcheck::check_gradients;
use crate::common::oracle;

type BinaryOp = (fn(&Tensor, &Tensor) -> Result<Tensor>, fn(f64, f64) -> f64);
type UnaryOp = (fn(&Tensor) -> Tensor, fn(f64) -> f64, (f32, f32));

/// Divisors stay away from 0, where a quotient cannot be differentiated.
const DIVISORS: (f32, f32) = (0.5, 2.0);
const BINARY: [BinaryOp; 4] = [
    (Tensor::add, |a, b| a + b),
    (Tensor::sub, |a, b| a - b),
    (Tensor::mul, |a, b| a * b),
    (Tensor::div, |a, b| a / b),
];

/// Each with its oracle and the range of its inputs.
const UNARY: [UnaryOp; 7] = [
    (|x| x.add_scalar(1.5), |x| x + 1.5, (-2.0, 2.0)),
    (|x| x.mul_scalar(-2.5), |x| x * -2.5, (-2.0, 2.0)),
    (Tensor::exp, f64::exp, (-3.0, 3.0)),
    (Tensor::ln, f64::ln, (0.1, 4.0)),
    (Tensor::sqrt, f64::sqrt, (0.1, 4.0)),
    (Tensor::tanh, f64::tanh, (-4.0, 4.0)),
    (Tensor::gelu, oracle::gelu, (-6.0, 6.0)),
];

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn arithmetic_with_broadcasting((left, right) in broadcast_pair(), seed: u64) {
        let inputs = [uniform(&left, (-2.0, 2.0), seed), uniform(&right, DIVISORS, !seed)];
        for (operation, f) in BINARY {
            check_gradients(
                &inputs,
                &|x| operation(&x[0], &x[1]),
                &|x| oracle::zip(&x[0], &x[1], f),
            );
        }
    }

    /// One number per channel is repeated both around and within it: random
    /// shapes did not notice a sum that kept only the last image's share.
    #[test]
    fn one_number_for_each_channel(n in 2..4_usize, c in 2..4_usize, size in 2..6_usize, seed: u64) {
        let images = uniform(&[n, c, size, size], DIVISORS, seed);
        let channels = uniform(&[c, 1, 1], DIVISORS, !seed);
        for (operation, f) in BINARY {
            for inputs in [[&images, &channels], [&channels, &images]] {
                check_gradients(
                    &inputs.map(Tensor::detach),
                    &|x| operation(&x[0], &x[1]),
                    &|x| oracle::zip(&x[0], &x[1], f),
                );
            }
        }
    }

    #[test]
    fn functions_of_one_number(shape in shape(), seed: u64) {
        for (operation, f, range) in UNARY {
            let input = uniform(&shape, range, seed);
            check_gradients(&[input], &|x| Ok(operation(&x[0])), &|x| x[0].mapv(f));
        }
    }

    #[test]
    fn relu_away_from_its_kink(shape in shape(), seed: u64) {
        check_gradients(
            &[apart(&shape, seed)],
            &|x| Ok(x[0].relu()),
            &|x| x[0].mapv(oracle::relu),
        );
    }

    #[test]
    fn dropout_with_the_mask_it_drew(shape in shape(), p in 0.0..0.9_f32, seed: u64) {
        // Applied to ones, it gives the mask itself.
        let draw = |x: &Tensor| x.dropout(p, &mut Rng::new(seed));
        let mask = oracle::array(&draw(&Tensor::ones(&shape)).unwrap());
        let input = uniform(&shape, (-2.0, 2.0), seed);
        check_gradients(&[input], &|x| draw(&x[0]), &|x| &x[0] * &mask);
    }
}
