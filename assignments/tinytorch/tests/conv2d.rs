//! Convolution against a direct loop.

use crate::common::{assert_close, at, by_index, error_text, randn};
use tinytorch::nn::Conv2d;
use tinytorch::{Layer, Rng, Tensor};

type Pair = (usize, usize);
type Axes = [usize; 4];

/// Six nested loops in f64; outside the image is 0.
fn oracle(conv: &Conv2d, x: &Tensor, size: Pair) -> (Vec<usize>, Vec<f64>) {
    let (w, (sy, sx), (py, px)) = (conv.weight(), conv.stride(), conv.padding());
    let pixel = |n, c, y: usize, x_at: usize| {
        let inside =
            (py..py + x.shape()[2]).contains(&y) && (px..px + x.shape()[3]).contains(&x_at);
        if inside { at(x, &[n, c, y - py, x_at - px]) } else { 0.0 }
    };
    by_index(&[x.shape()[0], w.shape()[0], size.0, size.1], |i| {
        let mut sum = conv.bias().map_or(0.0, |b| at(b, &[i[1]]));
        for c in 0..w.shape()[1] {
            for ky in 0..w.shape()[2] {
                for kx in 0..w.shape()[3] {
                    let value = pixel(i[0], c, i[2] * sy + ky, i[3] * sx + kx);
                    sum += value * at(w, &[i[1], c, ky, kx]);
                }
            }
        }
        sum
    })
}

fn conv(weight: &[usize], stride: Pair, padding: Pair) -> Conv2d {
    let bias = Some(randn(&[weight[0]], 2));
    Conv2d::from_parameters(randn(weight, 1), bias, stride, padding).unwrap()
}

#[test]
fn stride_padding_and_odd_kernels_match_the_direct_loop() {
    let cases: [(Axes, Axes, Pair, Pair, Pair); 9] = [
        // image, weight, stride, padding, expected size
        ([2, 3, 8, 8], [4, 3, 3, 3], (1, 1), (0, 0), (6, 6)),
        ([2, 3, 8, 8], [4, 3, 3, 3], (1, 1), (1, 1), (8, 8)),
        ([1, 2, 9, 7], [3, 2, 3, 3], (2, 2), (1, 1), (5, 4)),
        ([1, 2, 9, 7], [3, 2, 2, 5], (3, 1), (0, 2), (3, 7)),
        ([1, 1, 5, 5], [1, 1, 5, 5], (1, 1), (0, 0), (1, 1)),
        ([3, 2, 4, 6], [5, 2, 1, 1], (2, 3), (0, 0), (2, 2)),
        ([1, 1, 2, 2], [2, 1, 3, 3], (1, 1), (3, 3), (6, 6)),
        ([1, 1, 1, 1], [1, 1, 2, 2], (5, 4), (4, 6), (2, 3)),
        ([1, 3, 11, 13], [2, 3, 4, 2], (2, 5), (3, 1), (7, 3)),
    ];
    for (image, weight, stride, padding, size) in cases {
        let (layer, x) = (conv(&weight, stride, padding), randn(&image, 3));
        assert_close(&layer.forward(&x).unwrap(), &oracle(&layer, &x, size), 1e-5);
    }
}

#[test]
fn images_that_are_views_are_read_in_their_own_order() {
    let layer = conv(&[2, 3, 3, 3], (1, 2), (1, 0));
    let channels_last = randn(&[2, 7, 6, 3], 4);
    let x = channels_last.permute(&[0, 3, 1, 2]).unwrap();
    assert_close(&layer.forward(&x).unwrap(), &oracle(&layer, &x, (7, 2)), 1e-5);
    let part = randn(&[1, 3, 9, 9], 5).slice_axis(3, 2, 8).unwrap();
    assert_close(&layer.forward(&part).unwrap(), &oracle(&layer, &part, (9, 2)), 1e-5);
}

#[test]
fn weights_that_are_views_are_read_in_their_own_order() {
    let weight = randn(&[3, 2, 3, 2], 6).transpose(0, 3).unwrap();
    let layer = Conv2d::from_parameters(weight, None, (1, 1), (0, 0)).unwrap();
    let x = randn(&[1, 2, 5, 6], 7);
    assert_close(&layer.forward(&x).unwrap(), &oracle(&layer, &x, (3, 4)), 1e-5);
}

#[test]
fn an_empty_batch_and_no_channels_are_fine() {
    let layer = conv(&[2, 3, 3, 3], (1, 1), (0, 0));
    assert_eq!(layer.forward(&Tensor::zeros(&[0, 3, 5, 5])).unwrap().shape(), [0, 2, 3, 3]);
    let layer = conv(&[2, 0, 3, 3], (1, 1), (0, 0));
    let x = Tensor::zeros(&[1, 0, 5, 5]);
    assert_close(&layer.forward(&x).unwrap(), &oracle(&layer, &x, (3, 3)), 0.0);
}

#[test]
fn new_weights_suit_a_relu() {
    let rng = &mut Rng::new(8);
    let layer = Conv2d::new(16, 64, (3, 3), (1, 1), (1, 1), false, rng).unwrap();
    assert!(layer.bias().is_none());
    let variance = layer.weight().map(|w| w * w).mean();
    assert!((variance * 144.0 / 2.0 - 1.0).abs() < 0.05, "{variance}");
}

#[test]
fn wrong_inputs_are_named() {
    let layer = conv(&[4, 3, 3, 3], (1, 1), (0, 0));
    let forward = |shape: &[usize]| error_text(layer.forward(&Tensor::zeros(shape)));
    let text = "conv2d: [1, 2, 8, 8] x [4, 3, 3, 3]: the input must have 3 channels on axis 1";
    assert_eq!(forward(&[1, 2, 8, 8]), text);
    let text = "conv2d: [3, 8, 8]: the input must be [n, channels, height, width]";
    assert_eq!(forward(&[3, 8, 8]), text);
    let text = "the kernel (3, 3) does not fit into the image (2, 8) with padding (0, 0)";
    assert_eq!(forward(&[1, 3, 2, 8]), format!("conv2d: [1, 3, 2, 8]: {text}"));
}

#[test]
fn what_cannot_be_built_is_named() {
    let build = |kernel, stride| {
        error_text(Conv2d::new(1, 1, kernel, stride, (0, 0), true, &mut Rng::new(9)))
    };
    assert_eq!(build((3, 3), (1, 0)), "conv2d: the stride (1, 0) must be at least (1, 1)");
    assert_eq!(build((0, 3), (1, 1)), "conv2d: the kernel (0, 3) must be at least (1, 1)");
    let bias = Some(Tensor::zeros(&[3]));
    let wrong_bias = Conv2d::from_parameters(Tensor::zeros(&[4, 3, 2, 2]), bias, (1, 1), (0, 0));
    assert_eq!(error_text(wrong_bias), "conv2d: [4, 3, 2, 2] x [3]: the bias must be [4]");
    let flat = Conv2d::from_parameters(Tensor::zeros(&[4, 3]), None, (1, 1), (0, 0));
    let text = "conv2d: [4, 3]: the weight must be [out_channels, in_channels, kh, kw]";
    assert_eq!(error_text(flat), text);
}
