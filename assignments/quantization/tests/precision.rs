//! Task `precision`. Run with `cargo test -p quantization --test precision`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected start.

use quantization::{
    BitOption, Codes, Granularity, LayerSensitivity, PackedTensor, QuantError, QuantParams,
    QuantizedTensor, Result, Scheme, StorageFormat, StoredTensor, StoredWeights, TensorParams,
    choose_bits, output_axis, search_params, sensitivity, signal_to_noise_db,
};
use tinytorch::models::Mlp;
use tinytorch::{Layer, Rng, Tensor};

fn tensor(numbers: &[f32], shape: &[usize]) -> Tensor {
    Tensor::from_vec(numbers.to_vec(), shape).unwrap()
}

fn mlp(seed: u64) -> Mlp {
    Mlp::new(&[3, 4, 2], &mut Rng::new(seed)).unwrap()
}

fn elements(model: &Mlp) -> Vec<Vec<f32>> {
    model.parameters().iter().map(|(_, parameter)| parameter.to_vec()).collect()
}

/// With codes -1, 0 and 1, and a scale s, the numbers 50 and 37 become s: the error is (50 - s)^2 + (s - 37)^2. It is least
/// in the middle, 43.5, which is none of the ranges: 43 and 44 cost 85 each.
#[test]
fn the_search_cuts_off_and_prefers_the_wider_of_equals() {
    let numbers = tensor(&[50.0, 37.0], &[2]);
    let scheme = Scheme::Symmetric { bits: 2 };
    let params = search_params(&numbers, scheme, Granularity::PerTensor).unwrap();
    assert_eq!(params.channels()[0].scale(), 44.0);
}

#[test]
fn the_search_looks_at_each_channel() {
    let scheme = Scheme::Symmetric { bits: 2 };
    let numbers = tensor(&[50.0, 0.0, 37.0, 3.0], &[2, 2]);
    let columns = search_params(&numbers, scheme, Granularity::PerChannel { axis: 1 }).unwrap();
    let scales: Vec<f32> = columns.channels().iter().map(QuantParams::scale).collect();
    assert_eq!(scales, [44.0, 3.0]);
}

#[test]
fn the_search_needs_a_symmetric_scheme() {
    let error = search_params(&Tensor::ones(&[2]), Scheme::U8, Granularity::PerTensor).unwrap_err();
    assert!(matches!(error, QuantError::BadValue { operation: "search_params", .. }), "{error}");
}

/// A noise of a tenth has a hundredth of the power: 20 dB.
#[test]
fn a_tenth_of_noise_is_20_decibels() {
    let signal = tensor(&[1.0, -2.0, 3.0], &[3]);
    let noisy = signal.mul_scalar(1.1);
    let ratio = signal_to_noise_db(&signal, &noisy).unwrap();
    assert!((ratio - 20.0).abs() < 1e-4, "{ratio}");
    assert_eq!(signal_to_noise_db(&signal, &signal).unwrap(), f64::INFINITY);
}

fn packed(codes: &[i32], scheme: Scheme) -> PackedTensor {
    let params = TensorParams::per_tensor(QuantParams::new(1.0, 0, scheme).unwrap());
    let codes = Codes::new(codes.iter().copied(), scheme);
    let tensor = QuantizedTensor::from_codes(codes, &[3], params).unwrap();
    let packed = PackedTensor::new(&tensor);
    assert_eq!(packed.unpack().unwrap(), tensor);
    packed
}

/// 1, 2 and 5 are 001, 010 and 101, the lowest bit first: bits 100 010 101. Eight of them are `0b0101_0001`.
#[test]
fn codes_of_three_bits_run_over_the_end_of_a_byte() {
    let packed = packed(&[1, 2, 5], Scheme::Unsigned { bits: 3 });
    assert_eq!(packed.bytes(), [0b0101_0001, 0b1]);
    assert_eq!(packed.nbytes(), 2 + 8);
}

/// -1 is 111, -4 is 100: their upper bits are neither stored nor lost.
#[test]
fn negative_codes_come_back_with_their_sign() {
    let packed = packed(&[-1, -4, 3], Scheme::Signed { bits: 3 });
    assert_eq!(packed.bytes(), [0b1110_0111, 0]);
}

#[test]
fn channels_are_outputs() {
    let filters = Tensor::zeros(&[4, 3, 2, 2]);
    let table = Tensor::zeros(&[4, 3]);
    assert_eq!(output_axis("conv1.weight", &filters), 0);
    assert_eq!(output_axis("tok_emb.weight", &table), 0);
    assert_eq!(output_axis("fc1.weight", &table), 1);
}

/// 12 and 8 weights in two bits take 3 and 2 bytes; 4 and 2 scales and as many biases 4 bytes each.
#[test]
fn biases_stay_and_all_bytes_count() {
    let format = StorageFormat::Integer { bits: 2 };
    let stored = StoredWeights::new(&mlp(1), |_| format).unwrap();
    assert!(matches!(stored.tensors()[0].1, StoredTensor::Packed(_)));
    assert!(matches!(stored.tensors()[1].1, StoredTensor::Full(_)));
    assert_eq!(stored.nbytes(), 3 + 4 * 4 + 4 * 4 + 2 + 4 * 2 + 4 * 2);
}

#[test]
fn a_model_takes_only_its_own_weights() {
    let stored = StoredWeights::new(&mlp(1), |_| StorageFormat::F32).unwrap();
    let mut same = mlp(2);
    stored.load_into(&mut same).unwrap();
    assert_eq!(elements(&same), elements(&mlp(1)));

    let mut other = Mlp::new(&[3, 4, 5], &mut Rng::new(3)).unwrap();
    let before = elements(&other);
    let error = stored.load_into(&mut other).unwrap_err();
    assert!(matches!(error, QuantError::ShapeMismatch { .. }), "{error}");
    assert_eq!(elements(&other), before);
}

/// The loss fails in its third call: the parameter that is rounded then has to come back.
#[test]
fn sensitivity_puts_every_parameter_back() {
    let mut model = mlp(4);
    let mut calls = 0;
    let loss = |_: &Mlp| -> Result<f64> {
        calls += 1;
        if calls == 3 { Err(QuantError::NoData { operation: "loss" }) } else { Ok(0.0) }
    };
    let error = sensitivity(&mut model, &[4, 2], loss).unwrap_err();
    assert_eq!(error, QuantError::NoData { operation: "loss" });
    assert_eq!(elements(&model), elements(&mlp(4)));
}

#[test]
fn sensitivity_rounds_one_parameter_at_a_time() {
    let mut model = mlp(5);
    let before = elements(&model);
    let changed = |model: &Mlp| {
        let pairs = elements(model).into_iter().zip(&before);
        Ok(pairs.filter(|(now, before)| now != *before).count() as f64)
    };
    let layers = sensitivity(&mut model, &[2, 3], changed).unwrap();
    let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["fc1.weight", "fc2.weight"]);
    assert!(layers.iter().flat_map(|layer| &layer.options).all(|option| option.loss == 1.0));
}

fn layer(options: &[(u32, usize, f64)]) -> LayerSensitivity {
    let options =
        options.iter().map(|&(bits, nbytes, loss)| BitOption { bits, nbytes, snr_db: 0.0, loss });
    LayerSensitivity { name: "layer".into(), options: options.collect() }
}

/// The first layer gains 1 from 30 bytes, the second 5: together they may have 50.
#[test]
fn bits_go_where_they_save_most() {
    let layers = [layer(&[(2, 10, 2.0), (8, 40, 1.0)]), layer(&[(2, 10, 6.0), (8, 40, 1.0)])];
    assert_eq!(choose_bits(&layers, 50), Ok(vec![2, 8]));
    assert_eq!(choose_bits(&layers, 80), Ok(vec![8, 8]));
    let error = choose_bits(&layers, 19).unwrap_err().to_string();
    assert!(error.contains("20"), "{error}");
}
