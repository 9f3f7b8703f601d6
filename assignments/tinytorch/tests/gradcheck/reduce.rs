//! Sums, means and maxima.

use proptest::prelude::*;
use tinytorch::{Result, Tensor};

use super::shapes::{apart, config, shape, shape_and_axis};
use crate::common::gradcheck::check_gradients;
use crate::common::{oracle, randn};

type AxisReduction = (fn(&Tensor, usize) -> Result<Tensor>, fn(&[f64]) -> f64);
const ALONG: [AxisReduction; 3] = [
    (Tensor::sum_axis, oracle::sum),
    (Tensor::mean_axis, oracle::mean),
    (Tensor::max_axis, oracle::max),
];

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn along_an_axis((shape, axis) in shape_and_axis(), seed: u64) {
        // The mean and the maximum of no elements are errors.
        let operations = if shape[axis] == 0 { &ALONG[..1] } else { &ALONG[..] };
        for (operation, f) in operations {
            check_gradients(
                &[apart(&shape, seed)],
                &|x| operation(&x[0], axis),
                &|x| oracle::reduce(&x[0], axis, *f),
            );
        }
    }

    #[test]
    fn sum_of_all(shape in shape(), seed: u64) {
        check_gradients(
            &[randn(&shape, seed)],
            &|x| Ok(x[0].sum_all()),
            &|x| oracle::scalar(x[0].sum()),
        );
    }

    #[test]
    fn mean_of_all(shape in shape(), seed: u64) {
        prop_assume!(!shape.contains(&0));
        check_gradients(
            &[randn(&shape, seed)],
            &|x| Ok(x[0].mean_all()),
            &|x| oracle::scalar(x[0].sum() / x[0].len() as f64),
        );
    }
}
