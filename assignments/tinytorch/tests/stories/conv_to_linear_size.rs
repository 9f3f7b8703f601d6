//! The number of features between the last convolution and the linear layer
//! after it.

use tinytorch::models::{Cnn, CnnConfig};
use tinytorch::nn::{Conv2d, Flatten, Linear, MaxPool2d, Relu, Sequential};
use tinytorch::{Layer, Rng};

use crate::common::{error_text, randn};

type NamedLayer = (String, Box<dyn Layer>);

fn named(name: &str, layer: impl Layer + 'static) -> NamedLayer {
    (name.to_string(), Box::new(layer))
}

fn conv(inputs: usize, outputs: usize, kernel: usize, padding: usize) -> Conv2d {
    let (kernel, padding) = ((kernel, kernel), (padding, padding));
    Conv2d::new(inputs, outputs, kernel, (1, 1), padding, true, &mut Rng::new(1)).unwrap()
}

fn pool() -> MaxPool2d {
    MaxPool2d::new((2, 2), (2, 2)).unwrap()
}

fn linear(inputs: usize) -> Linear {
    Linear::new(inputs, 10, true, &mut Rng::new(2))
}

/// A network for 32x32 color images had a linear layer with 64 * 5 * 5 = 1600
/// inputs, which is the size for 28x28 images. For 32x32, the sizes are 32 -> 30
/// -> 15 -> 13 -> 6, so it is 64 * 6 * 6 = 2304.
#[test]
fn two_stages_leave_2304_features_of_a_32_x_32_image() {
    let stages = || {
        vec![
            named("conv1", conv(3, 32, 3, 0)),
            named("pool1", pool()),
            named("conv2", conv(32, 64, 3, 0)),
            named("pool2", pool()),
            named("flatten", Flatten),
        ]
    };
    let images = randn(&[2, 3, 32, 32], 3);
    let mut right = stages();
    right.push(named("fc", linear(2304)));
    assert_eq!(Sequential::new(right).forward(&images).unwrap().shape(), [2, 10]);

    let mut wrong = stages();
    wrong.push(named("fc", linear(1600)));
    let error = error_text(Sequential::new(wrong).forward(&images));
    assert!(error.starts_with("layer fc: linear: [2, 2304]") && error.contains("1600"), "{error}");
}

/// The model computes the number itself, and it matches the real layers.
#[test]
fn the_cnn_knows_its_own_number() {
    for (image, expected) in [((32, 32), 2304), ((28, 28), 1600)] {
        let config = CnnConfig { in_channels: 3, image, channels: [32, 64], classes: 10 };
        assert_eq!(config.flattened_size().unwrap(), expected);
        let cnn = Cnn::new(config, &mut Rng::new(1)).unwrap();
        let output = cnn.forward(&randn(&[1, 3, image.0, image.1], 1)).unwrap();
        assert_eq!(output.shape(), [1, 10]);
    }
}

/// `LeNet` has 16 * 5 * 5 = 400 features before its linear layers for images of
/// 32x32, and for 28x28 only if its first convolution has a padding of 2.
/// Without padding it has 16 * 4 * 4 = 256.
#[test]
fn lenet_has_400_features_for_28_x_28_only_with_padding() {
    for (image, padding, expected) in [(32, 0, 400), (28, 2, 400), (28, 0, 256)] {
        let layers = vec![
            named("conv1", conv(1, 6, 5, padding)),
            named("relu1", Relu),
            named("pool1", pool()),
            named("conv2", conv(6, 16, 5, 0)),
            named("relu2", Relu),
            named("pool2", pool()),
            named("flatten", Flatten),
            named("fc", linear(expected)),
        ];
        let images = randn(&[2, 1, image, image], 4);
        assert_eq!(Sequential::new(layers).forward(&images).unwrap().shape(), [2, 10]);
    }
}
