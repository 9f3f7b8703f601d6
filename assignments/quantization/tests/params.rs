//! Task `params`. Run with `cargo test -p quantization --test params`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use quantization::{Granularity, QuantError, QuantParams, Scheme, TensorParams};
use tinytorch::Tensor;

/// Scale and zero point of a range.
#[track_caller]
fn of(low: f32, high: f32, scheme: Scheme) -> (f32, i32) {
    let params = QuantParams::from_range(low, high, scheme).unwrap();
    assert_eq!(params.scheme(), scheme);
    (params.scale(), params.zero_point())
}

#[test]
fn a_symmetric_range_reaches_equally_far_on_both_sides() {
    assert_eq!(of(-127.0, 10.0, Scheme::SYMMETRIC_I8), (1.0, 0));
    assert_eq!(of(-1.0, 254.0, Scheme::SYMMETRIC_I8), (2.0, 0));
}

#[test]
fn the_codes_just_cover_a_range() {
    // 255 steps of 0.5 from -27.5 to 100: 55 of them are below 0.
    assert_eq!(of(-27.5, 100.0, Scheme::U8), (0.5, 55));
    assert_eq!(of(-27.5, 100.0, Scheme::I8), (0.5, 55 - 128));
}

#[test]
fn fewer_bits_have_fewer_codes() {
    assert_eq!(of(-5.0, 10.0, Scheme::Unsigned { bits: 4 }), (1.0, 5));
    assert_eq!(of(-5.0, 10.0, Scheme::Signed { bits: 4 }), (1.0, -3));
    assert_eq!(of(-5.0, 1.0, Scheme::Symmetric { bits: 2 }), (5.0, 0));
}

#[test]
fn zero_has_a_code_of_its_own() {
    // The range from 100 to 255 is widened to 0..=255, and -255..=-100 likewise.
    assert_eq!(of(100.0, 255.0, Scheme::U8), (1.0, 0));
    assert_eq!(of(-255.0, -100.0, Scheme::U8), (1.0, 255));
    assert_eq!(of(51.0, 51.0, Scheme::U8), (0.2, 0));
}

#[test]
fn zeros_have_scale_1() {
    assert_eq!(of(0.0, 0.0, Scheme::U8), (1.0, 0));
    assert_eq!(of(-0.0, 0.0, Scheme::I8), (1.0, -128));
    assert_eq!(of(0.0, 0.0, Scheme::SYMMETRIC_I8), (1.0, 0));
}

#[test]
fn a_zero_point_half_way_is_rounded_to_even() {
    assert_eq!(of(-2.5, 252.5, Scheme::U8), (1.0, 2));
    assert_eq!(of(-3.5, 251.5, Scheme::U8), (1.0, 4));
}

#[test]
fn the_widest_and_the_narrowest_ranges_have_a_scale() {
    let (scale, zero_point) = of(f32::MIN, f32::MAX, Scheme::U8);
    assert!(scale.is_finite(), "the length of the range exceeds f32");
    assert_eq!(zero_point, 128);
    let (scale, _) = of(0.0, f32::from_bits(1), Scheme::U8);
    assert_eq!(scale, f32::MIN_POSITIVE);
}

#[test]
fn what_is_no_range_is_refused() {
    for (low, high) in [(2.0, 1.0), (f32::NAN, 1.0), (0.0, f32::NAN), (0.0, f32::INFINITY)] {
        let error = QuantParams::from_range(low, high, Scheme::U8).unwrap_err();
        assert!(matches!(error, QuantError::BadRange { .. }), "{low} to {high}: {error}");
        assert!(error.to_string().starts_with("QuantParams::from_range: "), "{error}");
    }
    for bits in [0, 1, 9, 100] {
        let error = QuantParams::from_range(-1.0, 1.0, Scheme::Unsigned { bits }).unwrap_err();
        assert_eq!(error, QuantError::BadBits { bits });
    }
}

fn matrix() -> Tensor {
    Tensor::from_vec(vec![127.0, 1.0, -2.0, -254.0, 0.5, 4.0], &[2, 3]).unwrap()
}

#[track_caller]
fn scales(tensor: &Tensor, granularity: Granularity) -> Vec<f32> {
    let params = TensorParams::of_tensor(tensor, Scheme::SYMMETRIC_I8, granularity).unwrap();
    assert_eq!(params.granularity(), granularity);
    params.channels().iter().map(QuantParams::scale).collect()
}

#[test]
fn a_tensor_has_one_scale_or_one_for_each_channel() {
    assert_eq!(scales(&matrix(), Granularity::PerTensor), [2.0]);
    assert_eq!(scales(&matrix(), Granularity::PerChannel { axis: 0 }), [1.0, 2.0]);
    let columns = [254.0, 1.0, 4.0].map(|largest| (largest / 127.0) as f32);
    assert_eq!(scales(&matrix(), Granularity::PerChannel { axis: 1 }), columns);
}

#[test]
fn the_axes_of_a_view_are_its_own() {
    let view = matrix().permute(&[1, 0]).unwrap();
    assert_eq!(scales(&view, Granularity::PerChannel { axis: 1 }), [1.0, 2.0]);
}

#[test]
fn tensors_without_a_range_are_refused() {
    let of = |numbers: Vec<f32>, shape: &[usize], granularity| {
        let tensor = Tensor::from_vec(numbers, shape).unwrap();
        TensorParams::of_tensor(&tensor, Scheme::U8, granularity).unwrap_err()
    };
    let operation = "TensorParams::of_tensor";
    let error = of(vec![], &[0, 3], Granularity::PerTensor);
    assert_eq!(error, QuantError::Empty { operation, shape: vec![0, 3] });
    let error = of(vec![1.0, f32::INFINITY], &[2], Granularity::PerTensor);
    assert_eq!(error, QuantError::NotFinite { operation, shape: vec![2], value: f32::INFINITY });
    let error = of(vec![1.0, 2.0], &[2], Granularity::PerChannel { axis: 1 });
    assert!(matches!(error, QuantError::BadValue { operation: o, .. } if o == operation));
}
