//! Task `quantize`. Run with `cargo test -p quantization --test quantize`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use quantization::{
    Codes, QuantError, QuantParams, QuantizedTensor, Scheme, TensorParams, quantize,
};
use tinytorch::Tensor;

fn params(scale: f32, zero_point: i32, scheme: Scheme) -> QuantParams {
    QuantParams::new(scale, zero_point, scheme).unwrap()
}

fn tensor(numbers: &[f32], shape: &[usize]) -> Tensor {
    Tensor::from_vec(numbers.to_vec(), shape).unwrap()
}

#[test]
fn a_number_has_the_nearest_code() {
    let params = params(0.5, 10, Scheme::U8);
    let codes = [0.0, 0.5, 0.7, 0.8, -1.0, -1.2].map(|x| params.quantize(x));
    assert_eq!(codes, [10, 11, 11, 12, 8, 8]);
}

#[test]
fn ties_go_to_the_even_number_of_steps_before_the_zero_point_is_added() {
    // 0.5 and 2.5 steps are rounded to 0 and 2, then 3 is added. The other order gives 4 and 6.
    let params = params(1.0, 3, Scheme::U8);
    let codes = [0.5, 1.5, 2.5, -0.5, -1.5].map(|x| params.quantize(x));
    assert_eq!(codes, [3, 5, 5, 3, 1]);
}

#[test]
fn a_number_outside_of_the_range_saturates() {
    let unsigned = params(1.0, 100, Scheme::U8);
    let codes = [155.0, 156.0, 1e30, -100.0, -101.0, f32::MIN].map(|x| unsigned.quantize(x));
    assert_eq!(codes, [255, 255, 255, 0, 0, 0]);
    let signed = params(1.0, 0, Scheme::I8);
    assert_eq!([200.0, -200.0].map(|x| signed.quantize(x)), [127, -128]);
    // The product with the reciprocal of this scale is infinite.
    assert_eq!(params(f32::MIN_POSITIVE, 0, Scheme::U8).quantize(1e30), 255);
}

#[test]
fn minus_128_is_no_symmetric_code() {
    let symmetric = params(1.0, 0, Scheme::SYMMETRIC_I8);
    assert_eq!([-128.0, -127.0, 128.0].map(|x| symmetric.quantize(x)), [-127, -127, 127]);
    let two_bits = params(1.0, 0, Scheme::Symmetric { bits: 2 });
    assert_eq!([-5.0, 0.2, 5.0].map(|x| two_bits.quantize(x)), [-1, 0, 1]);
}

#[test]
fn a_code_stands_for_a_number() {
    let params = params(0.25, 4, Scheme::U8);
    let numbers = [0, 4, 5, 255].map(|code| params.dequantize(code));
    assert_eq!(numbers, [-1.0, 0.0, 0.25, 62.75]);
}

#[test]
fn the_number_of_a_code_has_that_code() {
    for scheme in [Scheme::U8, Scheme::I8, Scheme::Unsigned { bits: 3 }] {
        let params = QuantParams::from_range(-0.3, 1.7, scheme).unwrap();
        for code in scheme.min()..=scheme.max() {
            assert_eq!(params.quantize(params.dequantize(code)), code);
        }
    }
}

#[test]
fn inside_of_the_range_the_error_is_at_most_half_a_scale() {
    let params = QuantParams::from_range(-1.0, 2.0, Scheme::U8).unwrap();
    for at in 0..=300 {
        let x = at as f32 / 100.0 - 1.0;
        let error = (params.dequantize(params.quantize(x)) - x).abs();
        assert!(error <= 0.5001 * params.scale(), "{x} is off by {error}");
    }
}

#[test]
fn a_tensor_is_quantized_element_by_element() {
    let params = TensorParams::per_tensor(params(0.5, 10, Scheme::U8));
    let quantized = quantize(&tensor(&[0.0, 1.0, 2.0, -1.0], &[2, 2]), &params).unwrap();
    assert_eq!(quantized.codes(), &Codes::U8(vec![10, 12, 14, 8]));
    assert_eq!(quantized.shape(), [2, 2]);
    let back = quantized.dequantize().unwrap();
    assert_eq!((back.shape(), back.to_vec()), (&[2, 2][..], vec![0.0, 1.0, 2.0, -1.0]));
}

#[test]
fn each_channel_has_its_own_scale() {
    let channels = vec![params(1.0, 0, Scheme::I8), params(0.1, 0, Scheme::I8)];
    let numbers = tensor(&[1.0, 2.0, 3.0, 4.0], &[2, 2]);
    for (axis, codes) in [(0, [1, 2, 30, 40]), (1, [1, 20, 3, 40])] {
        let params = TensorParams::per_channel(axis, channels.clone()).unwrap();
        let quantized = quantize(&numbers, &params).unwrap();
        assert_eq!(quantized.codes().to_vec(), codes, "axis {axis}");
        assert_eq!(quantized.dequantize().unwrap().to_vec(), [1.0, 2.0, 3.0, 4.0]);
    }
}

#[test]
fn a_view_is_read_row_by_row() {
    let view = tensor(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3]).permute(&[1, 0]).unwrap();
    let params = TensorParams::per_tensor(params(1.0, 0, Scheme::I8));
    let quantized = quantize(&view, &params).unwrap();
    assert_eq!(quantized.shape(), [3, 2]);
    assert_eq!(quantized.codes().to_vec(), [1, 4, 2, 5, 3, 6]);
}

#[test]
fn bytes_are_those_that_have_to_be_stored() {
    let bytes = |scheme, axis: Option<usize>| {
        let params = params(1.0, 0, scheme);
        let params = match axis {
            None => TensorParams::per_tensor(params),
            Some(axis) => TensorParams::per_channel(axis, vec![params; 3]).unwrap(),
        };
        let codes = Codes::new(vec![0; 6], scheme);
        QuantizedTensor::from_codes(codes, &[2, 3], params).unwrap().nbytes()
    };
    assert_eq!(bytes(Scheme::SYMMETRIC_I8, None), 6 + 4);
    assert_eq!(bytes(Scheme::U8, None), 6 + 8);
    assert_eq!(bytes(Scheme::SYMMETRIC_I8, Some(1)), 6 + 3 * 4);
}

#[test]
fn tensors_without_codes_are_refused() {
    let params = TensorParams::per_channel(0, vec![params(1.0, 0, Scheme::U8); 2]).unwrap();
    let of = |numbers: &[f32], shape| quantize(&tensor(numbers, shape), &params).unwrap_err();
    assert_eq!(of(&[], &[2, 0]), QuantError::Empty { operation: "quantize", shape: vec![2, 0] });
    let error = of(&[1.0, f32::NAN], &[2]);
    assert!(matches!(error, QuantError::NotFinite { operation: "quantize", .. }), "{error}");
    let error = of(&[1.0, 2.0, 3.0], &[3]);
    assert!(error.to_string().starts_with("quantize: [3] and [2]: "), "{error}");
}
