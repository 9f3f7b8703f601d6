//! Task `structured`. Run with `cargo test -p compression --test structured`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use compression::{
    CompressionError, filter_norms, keep_filters, keep_neurons, largest, neuron_norms,
    prune_filters, prune_neurons,
};
use tinytorch::models::{Cnn, CnnConfig, Mlp};
use tinytorch::{Layer, Rng, Tensor};

/// Two inputs, three hidden neurons and two classes. Neuron 1 has the least incoming weights.
fn mlp() -> Mlp {
    let mut mlp = Mlp::new(&[2, 3, 2], &mut Rng::new(0)).unwrap();
    set(&mut mlp, "fc1.weight", &[1.0, 0.5, -2.0, 3.0, -0.5, 4.0]);
    set(&mut mlp, "fc1.bias", &[0.0, 10.0, 0.5]);
    set(&mut mlp, "fc2.weight", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    set(&mut mlp, "fc2.bias", &[100.0, 200.0]);
    mlp
}

/// Two filters in each convolution; a filter leaves two pixels, one beside the other. The biases of the first convolution are
/// 1 and 2, so are those of the second, and row r of the linear layer is r + 1.
fn cnn() -> Cnn {
    let config = CnnConfig { in_channels: 1, image: (10, 14), channels: [2, 2], classes: 1 };
    let mut cnn = Cnn::new(config, &mut Rng::new(0)).unwrap();
    set(&mut cnn, "conv1.weight", &[vec![0.0; 9], vec![0.25; 9]].concat());
    set(&mut cnn, "conv1.bias", &[1.0, 2.0]);
    // The first filter sees the first channel alone, the second one both.
    set(
        &mut cnn,
        "conv2.weight",
        &[vec![1.0; 9], vec![0.0; 9], vec![0.5; 9], vec![1.0; 9]].concat(),
    );
    set(&mut cnn, "conv2.bias", &[1.0, 2.0]);
    set(&mut cnn, "fc.weight", &[1.0, 2.0, 3.0, 4.0]);
    set(&mut cnn, "fc.bias", &[0.5]);
    cnn
}

fn set(model: &mut impl Layer, name: &str, numbers: &[f32]) {
    let mut parameters = model.parameters_mut();
    let (_, parameter) = parameters.iter_mut().find(|(other, _)| other == name).unwrap();
    **parameter = Tensor::from_vec(numbers.to_vec(), parameter.shape()).unwrap();
}

/// Shape and elements of a parameter.
fn get(model: &impl Layer, name: &str) -> (Vec<usize>, Vec<f32>) {
    let parameters = model.parameters();
    let (_, parameter) = parameters.iter().find(|(other, _)| other == name).unwrap();
    (parameter.shape().to_vec(), parameter.to_vec())
}

#[test]
fn the_largest_are_kept_in_order() {
    assert_eq!(largest(&[2.0, 5.0, 1.0, 4.0], 2).unwrap(), [1, 3]);
    // The first of equal numbers.
    assert_eq!(largest(&[3.0, 1.0, 3.0, 3.0], 2).unwrap(), [0, 2]);
    for (numbers, keep) in [(vec![1.0], 0), (vec![1.0], 2), (vec![1.0, f64::NAN], 1)] {
        let error = largest(&numbers, keep).unwrap_err();
        assert!(error.to_string().starts_with("largest: "), "{error}");
    }
}

#[test]
fn norms_are_of_what_makes_one_output() {
    // Column by column.
    let weight = Tensor::from_vec(vec![1.0, -2.0, 0.0, 3.0, 4.0, -5.0], &[2, 3]).unwrap();
    assert_eq!(neuron_norms(&weight).unwrap(), [4.0, 6.0, 5.0]);
    assert!(filter_norms(&weight).unwrap_err().to_string().starts_with("filter_norms: "));
    // Filter by filter, all channels of each.
    let numbers = vec![1.0, -2.0, 3.0, 4.0, -5.0, 6.0, 7.0, 8.0];
    let filters = Tensor::from_vec(numbers, &[2, 2, 1, 2]).unwrap();
    assert_eq!(filter_norms(&filters).unwrap(), [10.0, 26.0]);
    assert!(neuron_norms(&filters).unwrap_err().to_string().starts_with("neuron_norms: "));
}

#[test]
fn a_neuron_takes_its_column_its_bias_and_its_row_of_the_next_layer() {
    let smaller = keep_neurons(&mlp(), &[vec![0, 2]]).unwrap();
    assert_eq!(get(&smaller, "fc1.weight"), (vec![2, 2], vec![1.0, -2.0, 3.0, 4.0]));
    assert_eq!(get(&smaller, "fc1.bias"), (vec![2], vec![0.0, 0.5]));
    assert_eq!(get(&smaller, "fc2.weight"), (vec![2, 2], vec![1.0, 2.0, 5.0, 6.0]));
    assert_eq!(get(&smaller, "fc2.bias"), (vec![2], vec![100.0, 200.0]));
    // Hidden: 1 + 3 = 4, and -2 + 4 + 0.5 = 2.5. Then 100 + 4 + 12.5, and 200 + 8 + 15.
    let input = Tensor::from_vec(vec![1.0, 1.0], &[1, 2]).unwrap();
    assert_eq!(smaller.forward(&input).unwrap().to_vec(), [116.5, 223.0]);
}

#[test]
fn the_list_gives_the_order() {
    let smaller = keep_neurons(&mlp(), &[vec![2, 0]]).unwrap();
    assert_eq!(get(&smaller, "fc1.bias").1, [0.5, 0.0]);
    assert_eq!(get(&smaller, "fc2.weight").1, [5.0, 6.0, 1.0, 2.0]);
}

#[test]
fn the_least_neurons_are_removed() {
    // The norms are 4, 1 and 6: the bias of neuron 1 does not help it.
    let smaller = prune_neurons(&mlp(), 0.34).unwrap();
    assert_eq!(get(&smaller, "fc1.bias").1, [0.0, 0.5]);
    // One neuron stays, and both classes.
    let least = prune_neurons(&mlp(), 1.0).unwrap();
    assert_eq!(get(&least, "fc1.bias").1, [0.5]);
    assert_eq!(get(&least, "fc2.weight"), (vec![1, 2], vec![5.0, 6.0]));
}

#[test]
fn a_filter_takes_a_channel_of_the_next_and_its_pixels_of_the_linear_layer() {
    let smaller = keep_filters(&cnn(), &[vec![1], vec![1]]).unwrap();
    assert_eq!(smaller.config().channels, [1, 1]);
    assert_eq!(get(&smaller, "conv1.bias").1, [2.0]);
    assert_eq!(get(&smaller, "conv2.weight"), (vec![1, 1, 3, 3], vec![1.0; 9]));
    assert_eq!(get(&smaller, "conv2.bias").1, [2.0]);
    // Filter 1 leaves pixels 2 and 3 of the flattened image.
    assert_eq!(get(&smaller, "fc.weight"), (vec![2, 1], vec![3.0, 4.0]));
    // On a black image: 9 x 2 + 2 = 20 in each pixel, then 3 x 20 + 4 x 20 + 0.5.
    let black = Tensor::zeros(&[1, 1, 10, 14]);
    assert_eq!(smaller.forward(&black).unwrap().to_vec(), [140.5]);
}

#[test]
fn the_least_filters_are_removed() {
    // The norms are 0 and 2.25, and 9 and 13.5.
    let smaller = prune_filters(&cnn(), 0.5).unwrap();
    assert_eq!(get(&smaller, "conv1.bias").1, [2.0]);
    assert_eq!(get(&smaller, "conv2.bias").1, [2.0]);
    assert_eq!(prune_filters(&cnn(), 0.2).unwrap().config().channels, [2, 2]);
}

#[test]
fn what_cannot_be_kept_is_named() {
    let bad: [&[Vec<usize>]; 5] = [&[], &[vec![]], &[vec![3]], &[vec![1, 1]], &[vec![0], vec![0]]];
    for kept in bad {
        let error = keep_neurons(&mlp(), kept).unwrap_err();
        let named = matches!(error, CompressionError::BadValue { operation: "keep_neurons", .. });
        assert!(named, "{kept:?}: {error}");
    }
    let error = keep_filters(&cnn(), &[vec![0, 0], vec![1]]).unwrap_err();
    assert!(error.to_string().starts_with("keep_filters: "), "{error}");
    let error = prune_neurons(&mlp(), 1.5).unwrap_err();
    assert!(error.to_string().starts_with("prune_neurons: "), "{error}");
}
