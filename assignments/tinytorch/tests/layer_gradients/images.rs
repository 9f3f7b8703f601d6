//! Convolution and pooling.

use proptest::prelude::*;
use tinytorch::nn::{Conv2d, MaxPool2d};
use tinytorch::{Layer, Tensor};

use super::wide::Pair;
use super::{config, wide};
use crate::common::gradcheck::check_gradients;
use crate::common::randn;

/// Kernel, stride, padding, and an image in which at least one window fits.
#[derive(Clone, Debug)]
struct WindowSizes {
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    image: Pair,
}

fn sizes(max_padding: usize) -> impl Strategy<Value = WindowSizes> {
    let pair = |range: std::ops::RangeInclusive<usize>| (range.clone(), range);
    let stride = prop_oneof![Just((1, 1)), pair(1..=3)];
    (pair(1..=4), stride, pair(0..=max_padding), pair(0..=9)).prop_map(
        |(kernel, stride, padding, more)| {
            let least = |kernel: usize, padding: usize| kernel.saturating_sub(2 * padding).max(1);
            let image = (least(kernel.0, padding.0) + more.0, least(kernel.1, padding.1) + more.1);
            WindowSizes { kernel, stride, padding, image }
        },
    )
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn conv2d(sizes in sizes(2), n in 0..=3_usize, channels in 1..=3_usize, filters in 1..=5_usize, seed: u64) {
        let WindowSizes { kernel, stride, padding, image } = sizes;
        let inputs = [
            randn(&[n, channels, image.0, image.1], seed),
            randn(&[filters, channels, kernel.0, kernel.1], seed ^ 1),
            randn(&[filters], seed ^ 2),
        ];
        let build = |x: &[Tensor]| {
            Conv2d::from_parameters(x[1].clone(), Some(x[2].clone()), stride, padding)
        };
        check_gradients(
            &inputs,
            &|x| build(x)?.forward(&x[0]),
            &|x| wide::conv2d(&x[0], &x[1], &x[2], stride, padding),
        );
    }

    #[test]
    fn max_pool2d(sizes in sizes(0), n in 0..=2_usize, channels in 0..=3_usize, seed: u64) {
        let WindowSizes { kernel, stride, image, .. } = sizes;
        check_gradients(
            &[randn(&[n, channels, image.0, image.1], seed)],
            &|x| MaxPool2d::new(kernel, stride)?.forward(&x[0]),
            &|x| wide::max_pool2d(&x[0], kernel, stride),
        );
    }

    // Odd images leave a line out; windows of 2x2 have separate code.
    #[test]
    fn max_pool2d_of_halves(image in (2..=9_usize, 2..=9_usize), seed: u64) {
        check_gradients(
            &[randn(&[2, 2, image.0, image.1], seed)],
            &|x| MaxPool2d::new((2, 2), (2, 2))?.forward(&x[0]),
            &|x| wide::max_pool2d(&x[0], (2, 2), (2, 2)),
        );
    }
}

proptest! {
    #![proptest_config(config(4))]

    // With this many channels, matrix products are used even for stride 1.
    #[test]
    fn conv2d_of_many_channels(image in (3..=6_usize, 3..=6_usize), padding in 0..=1_usize, seed: u64) {
        let inputs = [
            randn(&[2, 17, image.0, image.1], seed),
            randn(&[16, 17, 3, 3], seed ^ 1),
            randn(&[16], seed ^ 2),
        ];
        let (stride, padding) = ((1, 1), (padding, padding));
        let build = |x: &[Tensor]| {
            Conv2d::from_parameters(x[1].clone(), Some(x[2].clone()), stride, padding)
        };
        check_gradients(
            &inputs,
            &|x| build(x)?.forward(&x[0]),
            &|x| wide::conv2d(&x[0], &x[1], &x[2], stride, padding),
        );
    }
}

/// The gradient goes to the first of equal numbers, row by row; NaN counts as
/// the largest. This holds in both code paths: adjacent windows of 2x2, and
/// others.
#[test]
fn the_first_of_equals_gets_the_gradient_of_a_window() {
    let nan = f32::NAN;
    let cases = [
        ([1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, 0.0]),
        ([0.0, 1.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.0]),
        ([0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.0]),
        ([2.0, nan, nan, 1.0], [0.0, 1.0, 0.0, 0.0]),
        ([nan, 3.0, 2.0, nan], [1.0, 0.0, 0.0, 0.0]),
    ];
    for (pixels, expected) in cases {
        for stride in [(2, 2), (1, 1)] {
            let x = Tensor::from_vec(pixels.to_vec(), &[1, 1, 2, 2]).unwrap().requires_grad();
            let output = MaxPool2d::new((2, 2), stride).unwrap().forward(&x).unwrap();
            let gradients = output.sum_all().backward().unwrap();
            assert_eq!(gradients.get(&x).unwrap().to_vec(), expected, "{pixels:?} {stride:?}");
        }
    }
}

/// Where windows overlap, a pixel gets the gradient of each window in which it
/// is the maximum.
#[test]
fn overlapping_windows_add_up() {
    let x = vec![0.0, 5.0, 0.0];
    let x = Tensor::from_vec(x, &[1, 1, 1, 3]).unwrap().requires_grad();
    let output = MaxPool2d::new((1, 2), (1, 1)).unwrap().forward(&x).unwrap();
    let gradients = output.sum_all().backward().unwrap();
    assert_eq!(gradients.get(&x).unwrap().to_vec(), [0.0, 2.0, 0.0]);
}

/// The images of the first layer are not leaves, so no time is spent on their
/// gradient.
#[test]
fn an_untracked_image_gets_no_gradient() {
    let weight = randn(&[2, 1, 3, 3], 1).requires_grad();
    let conv = Conv2d::from_parameters(weight.clone(), None, (1, 1), (0, 0)).unwrap();
    let output = conv.forward(&randn(&[1, 1, 5, 5], 2)).unwrap();
    let gradients = output.sum_all().backward().unwrap();
    assert_eq!(gradients.len(), 1);
    assert_eq!(gradients.get(&weight).unwrap().shape(), weight.shape());
}
