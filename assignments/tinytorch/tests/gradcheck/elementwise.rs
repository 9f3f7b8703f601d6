//! Arithmetic with broadcasting, and functions of one number.

use proptest::prelude::*;
use tinytorch::{Result, Tensor};

use crate::common::gradcheck::check_gradients;
use crate::common::oracle;
use crate::shapes::{broadcast_pair, config, shape, uniform};

type Binary = (fn(&Tensor, &Tensor) -> Result<Tensor>, fn(f64, f64) -> f64);
type Unary = (fn(&Tensor) -> Tensor, fn(f64) -> f64, (f32, f32));

/// Divisors stay away from 0, where a quotient cannot be differentiated.
const DIVISORS: (f32, f32) = (0.5, 2.0);
const BINARY: [Binary; 1] = [(Tensor::mul, |a, b| a * b)];

/// Each with its oracle and the range of its inputs.
const UNARY: [Unary; 1] = [(|x| x.mul_scalar(-2.5), |x| x * -2.5, (-2.0, 2.0))];

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn arithmetic_with_broadcasting((left, right) in broadcast_pair(), seed: u64) {
        let inputs = [uniform(&left, (-2.0, 2.0), seed), uniform(&right, DIVISORS, !seed)];
        for (operation, f) in BINARY {
            check_gradients(&inputs, &|x| operation(&x[0], &x[1]), &|x| oracle::zip(&x[0], &x[1], f));
        }
    }

    #[test]
    fn functions_of_one_number(shape in shape(), seed: u64) {
        for (operation, f, range) in UNARY {
            let input = uniform(&shape, range, seed);
            check_gradients(&[input], &|x| Ok(operation(&x[0])), &|x| x[0].mapv(f));
        }
    }
}
