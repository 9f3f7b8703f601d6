//! Task `model`. Run with `cargo test -p quantization --test model`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start. Folding and pooling need the tasks before `observe` only.

use quantization::{
    BatchNorm, Calibration, Codes, ObserverKind, QuantError, QuantParams, QuantizedLayer,
    QuantizedModel, QuantizedTensor, Scheme, TensorParams, fold_batch_norm, max_pool, quantize_cnn,
    quantize_mlp,
};
use tinytorch::data::digits;
use tinytorch::models::Mlp;
use tinytorch::{Layer, Rng, Tensor, pretrained};

fn codes(codes: &[i8], shape: &[usize]) -> QuantizedTensor {
    let params = QuantParams::new(0.5, -3, Scheme::I8).unwrap();
    let params = TensorParams::per_tensor(params);
    QuantizedTensor::from_codes(Codes::I8(codes.to_vec()), shape, params).unwrap()
}

/// An MLP with two inputs, which gives relu(x - y) and relu(y - x), and then their difference twice.
fn difference() -> Mlp {
    let mut mlp = Mlp::new(&[2, 2, 1], &mut Rng::new(1)).unwrap();
    let numbers = [vec![1.0, -1.0, -1.0, 1.0], vec![0.0, 0.0], vec![2.0, -2.0], vec![0.0]];
    for ((_, parameter), numbers) in mlp.parameters_mut().into_iter().zip(numbers) {
        *parameter = Tensor::from_vec(numbers, parameter.shape()).unwrap();
    }
    mlp
}

fn rows(numbers: &[f32]) -> Tensor {
    Tensor::from_vec(numbers.to_vec(), &[numbers.len() / 2, 2]).unwrap()
}

fn quantized(batches: &[Tensor]) -> QuantizedModel {
    let calibration = Calibration { batches, observer: ObserverKind::MinMax };
    quantize_mlp(&difference(), calibration).unwrap()
}

fn right(scores: &Tensor, labels: &[usize]) -> usize {
    let best = scores.argmax_axis(1).unwrap();
    best.iter().zip(labels).filter(|(best, label)| best == label).count()
}

#[test]
fn pooling_takes_the_largest_code_also_below_zero() {
    // Rows [-9, -2, -7], [-8, -6, -4] and, left over, [1, 1, 1].
    let image = codes(&[-9, -2, -7, -8, -6, -4, 1, 1, 1], &[1, 1, 3, 3]);
    let pooled = max_pool(&image, (2, 2), (2, 2)).unwrap();
    assert_eq!(pooled, codes(&[-2], &[1, 1, 1, 1]));
    let overlapping = max_pool(&image, (2, 2), (1, 1)).unwrap();
    assert_eq!(overlapping, codes(&[-2, -2, 1, 1], &[1, 1, 2, 2]));
}

#[test]
fn a_window_must_fit_into_the_image() {
    let image = codes(&[0; 6], &[1, 1, 2, 3]);
    let error = max_pool(&image, (3, 2), (1, 1)).unwrap_err();
    assert!(matches!(error, QuantError::ShapeMismatch { operation: "max_pool", .. }), "{error}");
    let error = max_pool(&image, (2, 2), (0, 1)).unwrap_err();
    assert!(matches!(error, QuantError::BadValue { operation: "max_pool", .. }), "{error}");
}

#[test]
fn a_folded_weight_has_the_factor_of_its_output() {
    // Factors 2 / sqrt(3 + 1) = 1 and 6 / sqrt(8 + 1) = 2.
    let norm = BatchNorm {
        gamma: vec![2.0, 6.0],
        beta: vec![10.0, 20.0],
        mean: vec![1.0, 2.0],
        variance: vec![3.0, 8.0],
        epsilon: 1.0,
    };
    let weight = Tensor::from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[3, 2]).unwrap();
    let (folded, bias) = fold_batch_norm(&weight, Some(&[5.0, 7.0]), &norm).unwrap();
    assert_eq!(folded.to_vec(), [1.0, 4.0, 3.0, 8.0, 5.0, 12.0]);
    assert_eq!(bias, [(5.0 - 1.0) + 10.0, (7.0 - 2.0) * 2.0 + 20.0]);
    // The channels of a convolution are its filters: the first axis.
    let filters = weight.reshape(&[2, 3, 1, 1]).unwrap();
    let (folded, bias) = fold_batch_norm(&filters, None, &norm).unwrap();
    assert_eq!(folded.to_vec(), [1.0, 2.0, 3.0, 8.0, 10.0, 12.0]);
    assert_eq!(bias, [9.0, 16.0]);
}

#[test]
fn layers_keep_their_names_and_a_relu_belongs_to_the_layer_before() {
    let model = quantized(&[rows(&[1.0, -1.0])]);
    let layers = model.layers().iter().map(|(name, layer)| match layer {
        QuantizedLayer::Linear(linear) => (name.as_str(), linear.requantizer().has_relu()),
        other => panic!("{other:?}"),
    });
    assert_eq!(layers.collect::<Vec<_>>(), [("fc1", true), ("fc2", false)]);
}

#[test]
fn ranges_are_those_of_all_batches_after_the_relu() {
    // x - y is 4, then -6: the outputs of fc1 are (4, 0) and (0, 6), those of fc2 are 8 and -12.
    let model = quantized(&[rows(&[1.0, -3.0]), rows(&[-4.0, 2.0])]);
    let outputs = model.layers().iter().map(|(_, layer)| match layer {
        QuantizedLayer::Linear(linear) => linear.requantizer().output(),
        other => panic!("{other:?}"),
    });
    let expected = [(-4.0, 2.0), (0.0, 6.0), (-12.0, 8.0)]
        .map(|(low, high)| QuantParams::from_range(low, high, Scheme::U8).unwrap());
    assert_eq!([model.input()].into_iter().chain(outputs).collect::<Vec<_>>(), expected);
}

#[test]
fn logits_are_near_those_in_f32_and_saturate_outside_of_the_range() {
    let model = quantized(&[rows(&[2.0, -2.0, -2.0, 2.0])]);
    let logits = model.forward(&rows(&[1.0, 0.5, -2.0, 1.0, 100.0, -100.0])).unwrap();
    let expected = Tensor::from_vec(vec![1.0, -6.0, 8.0], &[3, 1]).unwrap();
    // A step of the output is 16 / 255, a step of the input is worth four times 4 / 255.
    assert!(logits.allclose(&expected, 0.0, 0.15), "{:?}", logits.to_vec());
}

#[test]
fn an_input_gives_the_same_bits_alone_and_in_a_batch() {
    let model = quantized(&[rows(&[2.0, -2.0, -2.0, 2.0])]);
    let together = model.forward(&rows(&[0.3, 0.7, 50.0, 0.1])).unwrap();
    let alone = model.forward(&rows(&[0.3, 0.7])).unwrap();
    assert_eq!(together.to_vec()[0].to_bits(), alone.to_vec()[0].to_bits());
}

#[test]
fn there_is_no_model_without_data() {
    let calibration = Calibration { batches: &[], observer: ObserverKind::MinMax };
    let error = quantize_mlp(&difference(), calibration).unwrap_err();
    assert_eq!(error, QuantError::NoData { operation: "quantize_mlp" });
}

#[test]
fn the_trained_mlp_reads_digits_from_a_quarter_of_the_bytes() {
    let (train, test) = (digits::train().unwrap(), digits::validation().unwrap());
    let mlp = pretrained::mlp().unwrap();
    let batches = [train.flat().unwrap().slice_axis(0, 0, 100).unwrap()];
    let calibration = Calibration { batches: &batches, observer: ObserverKind::MinMax };
    let model = quantize_mlp(&mlp, calibration).unwrap();
    let images = test.flat().unwrap();
    let in_floats = right(&mlp.forward(&images).unwrap(), &test.labels);
    let in_codes = right(&model.forward(&images).unwrap(), &test.labels);
    assert!(in_codes + 2 >= in_floats, "{in_codes} and {in_floats} of {}", test.len());
    let bytes: usize = mlp.parameters().iter().map(|(_, parameter)| parameter.nbytes()).sum();
    assert!(model.nbytes() * 100 <= bytes * 27, "{} of {bytes}", model.nbytes());
}

#[test]
fn the_trained_cnn_reads_digits() {
    let (train, test) = (digits::train().unwrap(), digits::validation().unwrap());
    let batches = [train.images.slice_axis(0, 0, 100).unwrap()];
    let calibration = Calibration { batches: &batches, observer: ObserverKind::MinMax };
    let model = quantize_cnn(&pretrained::cnn().unwrap(), calibration).unwrap();
    let names: Vec<&str> = model.layers().iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["conv1", "pool1", "conv2", "pool2", "flatten", "fc"]);
    let images = test.images.slice_axis(0, 0, 40).unwrap();
    let scores = model.forward(&images).unwrap();
    assert!(right(&scores, &test.labels[..40]) >= 39);
    assert!(model.nbytes() * 100 <= 51_240 * 27, "{}", model.nbytes());
}
