//! MLP, CNN and sequences of layers, and two regression tests.

use crate::common::{error_text, randn};
use tinytorch::models::{Cnn, CnnConfig, Mlp};
use tinytorch::nn::{Conv2d, Flatten, Linear, MaxPool2d, Relu, Sequential};
use tinytorch::{Layer, Rng, Tensor};

fn rgb32() -> CnnConfig {
    CnnConfig { in_channels: 3, image: (32, 32), channels: [32, 64], classes: 10 }
}

/// In the original course, the linear layer had 1600 inputs (64 x 5 x 5), a
/// wrong size remembered for CIFAR images, and the first forward pass failed.
/// 32 -> 30 -> 15 -> 13 -> 6, so it is 64 x 6 x 6.
#[test]
fn two_stages_of_a_32x32_image_flatten_to_2304() {
    assert_eq!(rgb32().flattened_size(), Ok(2304));
    let cnn = Cnn::new(rgb32(), &mut Rng::new(1)).unwrap();
    assert_eq!(cnn.forward(&randn(&[2, 3, 32, 32], 2)).unwrap().shape(), [2, 10]);

    // The mistake itself must be an error that shows both numbers.
    let stages: Vec<(String, Box<dyn Layer>)> = vec![
        ("flatten".to_string(), Box::new(Flatten)),
        ("fc".to_string(), Box::new(Linear::new(1600, 10, true, &mut Rng::new(1)))),
    ];
    let text = error_text(Sequential::new(stages).forward(&Tensor::zeros(&[2, 64, 6, 6])));
    let reason = "the last dimension must be in_features, 1600";
    assert_eq!(text, format!("layer fc: linear: [2, 2304] x [1600, 10]: {reason}"));
}

/// LeNet-5 has 5x5 kernels: 32 -> 28 -> 14 -> 10 -> 5, and 16 channels.
#[test]
fn lenet_flattens_to_400() {
    let rng = &mut Rng::new(3);
    let mut conv = |inputs, outputs| -> Box<dyn Layer> {
        Box::new(Conv2d::new(inputs, outputs, (5, 5), (1, 1), (0, 0), true, rng).unwrap())
    };
    let (conv1, conv2) = (conv(1, 6), conv(6, 16));
    let pool = || -> Box<dyn Layer> { Box::new(MaxPool2d::new((2, 2), (2, 2)).unwrap()) };
    let layers = [conv1, Box::new(Relu), pool(), conv2, Box::new(Relu), pool(), Box::new(Flatten)];
    let named = layers.into_iter().enumerate().map(|(i, layer)| (i.to_string(), layer));
    let lenet = Sequential::new(named.collect());
    assert_eq!(lenet.forward(&randn(&[2, 1, 32, 32], 4)).unwrap().shape(), [2, 400]);
}

#[test]
fn the_flattened_size_is_what_the_stages_give() {
    for image in [(10, 10), (11, 13), (12, 28), (28, 28), (17, 10)] {
        let config = CnnConfig { in_channels: 1, image, channels: [2, 3], classes: 4 };
        let cnn = Cnn::new(config.clone(), &mut Rng::new(5)).unwrap();
        assert_eq!(cnn.config(), &config);
        let output = cnn.forward(&randn(&[2, 1, image.0, image.1], 6)).unwrap();
        assert_eq!(output.shape(), [2, 4], "image {image:?}");
    }
}

#[test]
fn an_image_too_small_for_two_stages_is_an_error() {
    for image in [(9, 10), (10, 9), (3, 28), (0, 0), (8, 8)] {
        let config = CnnConfig { image, ..rgb32() };
        let text = error_text(Cnn::new(config, &mut Rng::new(7)));
        assert_eq!(text, format!("cnn: image {image:?} is too small, at least (10, 10)"));
    }
}

#[test]
fn an_mlp_is_linear_layers_with_relu_between() {
    let mlp = Mlp::new(&[6, 5, 4, 3], &mut Rng::new(8)).unwrap();
    let x = randn(&[7, 6], 9);
    let parameters = mlp.parameters();
    let mut expected = x.clone();
    for (i, pair) in parameters.chunks(2).enumerate() {
        let input = if i == 0 { expected } else { expected.relu() };
        expected = input.matmul(pair[0].1).unwrap().add(pair[1].1).unwrap();
    }
    let output = mlp.forward(&x).unwrap();
    assert!(output.allclose(&expected, 1e-5, 1e-6));
    assert!(output.to_vec().iter().any(|&y| y < 0.0), "no ReLU after the last layer");
}

#[test]
fn an_mlp_needs_an_input_and_an_output() {
    let text = error_text(Mlp::new(&[784], &mut Rng::new(10)));
    assert_eq!(text, "mlp: sizes [784] must name at least an input and an output");
    assert!(Mlp::new(&[2, 1], &mut Rng::new(10)).is_ok());
}

#[test]
fn an_error_inside_a_model_names_the_layer_and_has_the_cause() {
    let mlp = Mlp::new(&[6, 5], &mut Rng::new(11)).unwrap();
    let error = mlp.forward(&Tensor::zeros(&[2, 7])).unwrap_err();
    let reason = "linear: [2, 7] x [6, 5]: the last dimension must be in_features, 6";
    assert_eq!(error.to_string(), format!("layer fc1: {reason}"));
    assert_eq!(std::error::Error::source(&error).map(ToString::to_string).as_deref(), Some(reason));
}

#[test]
fn no_layers_give_the_input_back() {
    let x = randn(&[2, 3], 12);
    assert_eq!(Sequential::new(vec![]).forward(&x).unwrap(), x);
}

#[test]
fn the_same_seed_builds_the_same_model() {
    let output = |seed| {
        let cnn = Cnn::new(CnnConfig { image: (10, 12), ..rgb32() }, &mut Rng::new(seed)).unwrap();
        cnn.forward(&randn(&[1, 3, 10, 12], 13)).unwrap()
    };
    assert_eq!(output(14), output(14));
    assert_ne!(output(14), output(15));
}
