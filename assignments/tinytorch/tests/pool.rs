//! Pooling and flattening.

use crate::common::{assert_close, at, by_index, error_text, randn};
use tinytorch::nn::{Flatten, MaxPool2d};
use tinytorch::{Layer, Tensor};

type Pair = (usize, usize);

fn oracle(x: &Tensor, kernel: Pair, stride: Pair, size: Pair) -> (Vec<usize>, Vec<f64>) {
    by_index(&[x.shape()[0], x.shape()[1], size.0, size.1], |i| {
        let ys = (0..kernel.0).map(|k| i[2] * stride.0 + k);
        let windows = ys.flat_map(|y| (0..kernel.1).map(move |k| (y, i[3] * stride.1 + k)));
        windows.map(|(y, x_at)| at(x, &[i[0], i[1], y, x_at])).fold(f64::MIN, f64::max)
    })
}

#[test]
fn max_pool_matches_the_direct_loop() {
    let cases: [([usize; 4], Pair, Pair, Pair); 5] = [
        // image, kernel, stride, expected size
        ([2, 3, 8, 8], (2, 2), (2, 2), (4, 4)),
        ([1, 2, 9, 7], (2, 2), (2, 2), (4, 3)),
        ([1, 1, 5, 6], (3, 2), (1, 1), (3, 5)),
        ([1, 2, 7, 7], (1, 3), (3, 2), (3, 3)),
        ([1, 1, 4, 4], (4, 4), (9, 9), (1, 1)),
    ];
    for (image, kernel, stride, size) in cases {
        let pool = MaxPool2d::new(kernel, stride).unwrap();
        let x = randn(&image, 1);
        assert_close(&pool.forward(&x).unwrap(), &oracle(&x, kernel, stride, size), 0.0);
    }
}

#[test]
fn images_that_are_views_are_read_in_their_own_order() {
    let pool = MaxPool2d::new((2, 3), (2, 1)).unwrap();
    let x = randn(&[2, 7, 6, 3], 3).permute(&[0, 3, 1, 2]).unwrap();
    assert_close(&pool.forward(&x).unwrap(), &oracle(&x, (2, 3), (2, 1), (3, 4)), 0.0);
}

#[test]
fn a_window_of_negative_numbers_has_a_negative_maximum() {
    let pool = MaxPool2d::new((2, 2), (2, 2)).unwrap();
    let x = Tensor::full(&[1, 1, 2, 2], -3.0);
    assert_eq!(pool.forward(&x).unwrap().to_vec(), [-3.0]);
}

#[test]
fn a_nan_in_a_window_is_not_lost() {
    let pool = MaxPool2d::new((1, 2), (1, 2)).unwrap();
    let x = Tensor::from_vec(vec![1.0, f32::NAN, f32::NAN, 1.0, 1.0, 2.0], &[1, 1, 1, 6]).unwrap();
    let pooled = pool.forward(&x).unwrap().to_vec();
    assert!(pooled[0].is_nan() && pooled[1].is_nan());
    assert_eq!(pooled[2].to_bits(), 2.0_f32.to_bits());
}

#[test]
fn an_image_smaller_than_the_window_is_an_error() {
    let pool = MaxPool2d::new((2, 2), (2, 2)).unwrap();
    let text = error_text(pool.forward(&Tensor::zeros(&[1, 1, 1, 4])));
    let expected = "the kernel (2, 2) does not fit into the image (1, 4) with padding (0, 0)";
    assert_eq!(text, format!("max_pool2d: [1, 1, 1, 4]: {expected}"));
    let text = error_text(MaxPool2d::new((2, 2), (0, 1)));
    assert_eq!(text, "max_pool2d: the stride (0, 1) must be at least (1, 1)");
}

#[test]
fn flatten_keeps_the_first_axis() {
    let flatten =
        |shape: &[usize]| Flatten.forward(&Tensor::zeros(shape)).unwrap().shape().to_vec();
    assert_eq!(flatten(&[2, 3, 4, 5]), [2, 60]);
    assert_eq!(flatten(&[2, 7]), [2, 7]);
    assert_eq!(flatten(&[2]), [2, 1]);
    assert_eq!(flatten(&[0, 3, 4]), [0, 12]);
    let x = randn(&[4, 3, 2], 2).transpose(0, 2).unwrap();
    let expected = by_index(&[2, 12], |i| at(&x, &[i[0], i[1] / 4, i[1] % 4]));
    assert_close(&Flatten.forward(&x).unwrap(), &expected, 0.0);
    let text = error_text(Flatten.forward(&Tensor::scalar(1.0)));
    assert_eq!(text, "flatten: []: needs at least 1 axis");
}
