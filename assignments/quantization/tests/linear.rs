//! Task `linear`. Run with `cargo test -p quantization --test linear`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use quantization::{
    Codes, Granularity, Multiplier, QuantError, QuantParams, QuantizedLinear, QuantizedTensor,
    Requantizer, Scheme, TensorParams,
};

fn params(scale: f32, zero_point: i32, scheme: Scheme) -> QuantParams {
    QuantParams::new(scale, zero_point, scheme).unwrap()
}

fn u8s(codes: &[u8], shape: &[usize], params: QuantParams) -> QuantizedTensor {
    let params = TensorParams::per_tensor(params);
    QuantizedTensor::from_codes(Codes::U8(codes.to_vec()), shape, params).unwrap()
}

/// A weight with a scale for each output.
fn weight(codes: &[i8], shape: &[usize], scales: &[f32]) -> QuantizedTensor {
    let channels = scales.iter().map(|&scale| params(scale, 0, Scheme::SYMMETRIC_I8)).collect();
    let params = TensorParams::per_channel(1, channels).unwrap();
    QuantizedTensor::from_codes(Codes::I8(codes.to_vec()), shape, params).unwrap()
}

/// Two inputs, two outputs: x has steps of 0.5 from code 10, y steps of 0.25 from code 100.
fn layer() -> QuantizedLinear {
    let weight = weight(&[1, -2, 3, 4], &[2, 2], &[0.5, 0.25]);
    let input = params(0.5, 10, Scheme::U8);
    let output = params(0.25, 100, Scheme::U8);
    QuantizedLinear::new(weight, Some(&[1.0, -1.0]), input, output).unwrap()
}

#[test]
fn a_multiplier_is_31_bits_and_a_shift() {
    let of = |real: f64| Multiplier::new(real).map(|of| (of.m0(), of.shift())).unwrap();
    assert_eq!(of(0.5), (1 << 30, 31));
    assert_eq!(of(0.75), (3 << 29, 31));
    assert_eq!(of(5.0), (5 << 28, 28));
    // 1 - 2^-40 rounds to 2^31 * 2^-31, which is 2^30 * 2^-30.
    assert_eq!(of(1.0 - f64::powi(2.0, -40)), (1 << 30, 30));
    for wrong in [0.0, -1.0, f64::NAN, f64::powi(2.0, 29), f64::powi(2.0, -33)] {
        let error = Multiplier::new(wrong).unwrap_err();
        assert!(matches!(error, QuantError::BadValue { .. }), "{error}");
    }
}

#[test]
fn a_product_is_rounded_once_with_ties_upwards() {
    let half = Multiplier::new(0.5).unwrap();
    assert_eq!([4, 3, 1, -1, -3].map(|sum| half.apply(sum)), [2, 2, 1, 0, -1]);
    let third = Multiplier::new(1.0 / 3.0).unwrap();
    assert_eq!([4, 5, -4, -5].map(|sum| third.apply(sum)), [1, 2, -1, -2]);
    let large = Multiplier::new(1000.0).unwrap();
    assert_eq!([i32::MIN, i32::MAX].map(|sum| large.apply(sum)), [i32::MIN, i32::MAX]);
}

#[test]
fn a_code_saturates_and_never_wraps() {
    let requantizer = Requantizer::new(&[1.0, 2.0], params(1.0, 100, Scheme::U8), false).unwrap();
    assert_eq!(
        [-100, -101, 155, 156, i32::MAX].map(|sum| requantizer.requantize(0, sum)),
        [0, 0, 255, 255, 255]
    );
    assert_eq!([-50, -51, 3].map(|sum| requantizer.requantize(1, sum)), [0, 0, 106]);
    let symmetric = Requantizer::new(&[1.0], params(1.0, 0, Scheme::SYMMETRIC_I8), false).unwrap();
    assert_eq!([-128, 128].map(|sum| symmetric.requantize(0, sum)), [-127, 127]);
}

#[test]
fn a_relu_stops_at_the_zero_point() {
    let requantizer = Requantizer::new(&[1.0], params(1.0, 100, Scheme::U8), true).unwrap();
    assert_eq!([-200, -1, 0, 1].map(|sum| requantizer.requantize(0, sum)), [100, 100, 100, 101]);
}

#[test]
fn a_bias_is_in_units_of_a_sum() {
    // 1.0 / (0.5 * 0.5) = 4 and -1.0 / (0.5 * 0.25) = -8.
    assert_eq!(layer().bias(), [4, -8]);
    // 2.5 and 3.5 units: ties to even.
    let weight = weight(&[1, 1], &[1, 2], &[0.5, 0.5]);
    let input = params(0.5, 0, Scheme::U8);
    let layer = QuantizedLinear::new(weight, Some(&[0.625, 0.875]), input, input).unwrap();
    assert_eq!(layer.bias(), [2, 4]);
}

#[test]
fn sums_are_exact_integers() {
    // x = (12, 9) is (2, -1) from the zero point: 2 * 1 - 1 * 3 + 4 = 3, 2 * -2 - 1 * 4 - 8 = -16.
    let layer = layer();
    let sums = layer.accumulate(&u8s(&[12, 9, 10, 10], &[2, 2], layer.input())).unwrap();
    assert_eq!(sums, [3, -16, 4, -8]);
}

#[test]
fn codes_are_multiplied_sums_moved_by_the_zero_point() {
    // Multipliers 0.5 * 0.5 / 0.25 = 1 and 0.5 * 0.25 / 0.25 = 0.5: 100 + 3, and 100 - 8.
    let layer = layer();
    let input = u8s(&[12, 9], &[1, 1, 2], layer.input());
    let output = layer.forward(&input).unwrap();
    assert_eq!(output.shape(), [1, 1, 2]);
    assert_eq!(output.codes(), &Codes::U8(vec![103, 92]));
    let output = layer.with_relu().forward(&input).unwrap();
    assert_eq!(output.codes(), &Codes::U8(vec![103, 100]));
}

#[test]
fn signed_inputs_have_a_zero_point_as_well() {
    let input = params(0.5, -3, Scheme::I8);
    let weight = weight(&[2, 5], &[2, 1], &[1.0]);
    let layer = QuantizedLinear::new(weight, None, input, input).unwrap();
    let params = TensorParams::per_tensor(input);
    let x = QuantizedTensor::from_codes(Codes::I8(vec![-128, 0]), &[2], params).unwrap();
    // (-128 + 3) * 2 + (0 + 3) * 5
    assert_eq!(layer.accumulate(&x).unwrap(), [-235]);
}

#[test]
fn a_weight_may_have_one_scale_for_all() {
    let scheme = Scheme::SYMMETRIC_I8;
    let one = TensorParams::per_tensor(params(0.5, 0, scheme));
    assert_eq!(one.granularity(), Granularity::PerTensor);
    let weight = QuantizedTensor::from_codes(Codes::I8(vec![1, 2, 3]), &[1, 3], one).unwrap();
    let input = params(0.5, 0, Scheme::U8);
    let layer = QuantizedLinear::new(weight, Some(&[0.25; 3]), input, input).unwrap();
    assert_eq!(layer.bias(), [1, 1, 1]);
    assert_eq!(layer.accumulate(&u8s(&[2], &[1, 1], input)).unwrap(), [3, 5, 7]);
}

#[test]
fn a_sum_fits_into_32_bits_or_is_refused() {
    let input = params(1.0, 0, Scheme::U8);
    // 255 * 127 * 66311 is below 2^31, one product more is not.
    let of = |inputs: usize| {
        let weight = weight(&vec![127; inputs], &[inputs, 1], &[1.0]);
        QuantizedLinear::new(weight, None, input, input)
    };
    let layer = of(66311).unwrap();
    let sums = layer.accumulate(&u8s(&vec![255; 66311], &[66311], input)).unwrap();
    assert_eq!(sums, [255 * 127 * 66311]);
    let error = of(66312).unwrap_err();
    let named =
        "QuantizedLinear::new: a sum of 66312 products may exceed 32 bits: at most 66311 fit";
    assert_eq!(error.to_string(), named);
}

#[test]
fn what_does_not_fit_is_named() {
    let layer = layer();
    let error = layer.forward(&u8s(&[1, 2, 3], &[1, 3], layer.input())).unwrap_err();
    assert!(matches!(error, QuantError::ShapeMismatch { .. }), "{error}");
    assert!(error.to_string().starts_with("QuantizedLinear::accumulate: [1, 3] and [2, 2]: "));
    // The same codes, but in other steps.
    let other = params(0.25, 10, Scheme::U8);
    let error = layer.forward(&u8s(&[1, 2], &[1, 2], other)).unwrap_err();
    assert!(matches!(error, QuantError::BadValue { .. }), "{error}");
    let weight = weight(&[1, 2], &[1, 2], &[1.0, 1.0]);
    let error = QuantizedLinear::new(weight, Some(&[1.0]), other, other).unwrap_err();
    assert!(error.to_string().starts_with("QuantizedLinear::new: [1, 2] and [1]: "), "{error}");
}
