//! Task `conv`. Run with `cargo test -p quantization --test conv`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use quantization::{
    Codes, QuantError, QuantParams, QuantizedConv2d, QuantizedTensor, Scheme, TensorParams, Window,
};

const PLAIN: Window = Window { stride: (1, 1), padding: (0, 0) };

fn params(scale: f32, zero_point: i32) -> QuantParams {
    QuantParams::new(scale, zero_point, Scheme::U8).unwrap()
}

fn image(codes: &[u8], shape: &[usize], params: QuantParams) -> QuantizedTensor {
    let params = TensorParams::per_tensor(params);
    QuantizedTensor::from_codes(Codes::U8(codes.to_vec()), shape, params).unwrap()
}

/// Filters with a scale for each of them.
fn filters(codes: &[i8], shape: &[usize], scales: &[f32]) -> QuantizedTensor {
    let channel = |&scale| QuantParams::new(scale, 0, Scheme::SYMMETRIC_I8).unwrap();
    let params = TensorParams::per_channel(0, scales.iter().map(channel).collect()).unwrap();
    QuantizedTensor::from_codes(Codes::I8(codes.to_vec()), shape, params).unwrap()
}

/// One filter of ones in a row, over the codes 10, 20, 30 with zero point 10.
fn row(window: Window) -> (QuantizedConv2d, QuantizedTensor) {
    let input = params(0.5, 10);
    let weight = filters(&[1, 1], &[1, 1, 1, 2], &[0.5]);
    let layer = QuantizedConv2d::new(weight, None, window, input, params(0.25, 7)).unwrap();
    (layer, image(&[10, 20, 30], &[1, 1, 1, 3], input))
}

#[test]
fn a_filter_is_not_flipped() {
    let input = params(1.0, 0);
    let weight = filters(&[1, 0, 0, 2], &[1, 1, 2, 2], &[1.0]);
    let layer = QuantizedConv2d::new(weight, None, PLAIN, input, input).unwrap();
    let image = image(&[0, 1, 2, 3, 4, 5, 6, 7, 8], &[1, 1, 3, 3], input);
    // Top left and bottom right pixels: 1 * 0 + 2 * 4 = 8, then 1 * 1 + 2 * 5, and so on.
    assert_eq!(layer.accumulate(&image).unwrap(), [8, 11, 17, 20]);
}

#[test]
fn padding_is_the_zero_point() {
    let (layer, image) = row(Window { stride: (1, 1), padding: (0, 1) });
    // Distances from the zero point: 0 | 0 10 20 | 0. Codes of 0 would be 10 below it.
    assert_eq!(layer.accumulate(&image).unwrap(), [0, 10, 30, 20]);
    assert_eq!(layer.forward(&image).unwrap().codes(), &Codes::U8(vec![7, 17, 37, 27]));
}

#[test]
fn a_window_that_sees_no_pixel_gives_the_bias() {
    let input = params(0.5, 10);
    let weight = filters(&[1], &[1, 1, 1, 1], &[0.5]);
    let window = Window { stride: (1, 1), padding: (1, 0) };
    let layer = QuantizedConv2d::new(weight, Some(&[0.75]), window, input, input).unwrap();
    let sums = layer.accumulate(&image(&[14], &[1, 1, 1, 1], input)).unwrap();
    assert_eq!(sums, [3, 7, 3]);
}

#[test]
fn stride_is_down_and_across() {
    let input = params(1.0, 0);
    let weight = filters(&[1], &[1, 1, 1, 1], &[1.0]);
    let window = Window { stride: (2, 1), padding: (0, 0) };
    let layer = QuantizedConv2d::new(weight, None, window, input, input).unwrap();
    let image = image(&[0, 1, 2, 3, 4, 5, 6, 7, 8], &[1, 1, 3, 3], input);
    let output = layer.forward(&image).unwrap();
    assert_eq!(output.shape(), [1, 1, 2, 3]);
    assert_eq!(output.codes(), &Codes::U8(vec![0, 1, 2, 6, 7, 8]));
}

#[test]
fn each_filter_has_its_scale() {
    // Two images of one pixel and two channels; bias 0.5 is 2 units of 0.25 and 4 of 0.125.
    let input = params(0.5, 0);
    let weight = filters(&[1, 2, 3, -4], &[2, 2, 1, 1], &[0.5, 0.25]);
    let bias = [0.5, 0.5];
    let layer = QuantizedConv2d::new(weight, Some(&bias), PLAIN, input, params(0.125, 50)).unwrap();
    assert_eq!(layer.bias(), [2, 4]);
    let image = image(&[1, 2, 3, 4], &[2, 2, 1, 1], input);
    assert_eq!(layer.accumulate(&image).unwrap(), [7, -1, 13, -3]);
    // Multipliers 2 and 1.
    assert_eq!(layer.forward(&image).unwrap().codes(), &Codes::U8(vec![64, 49, 76, 47]));
    let output = layer.with_relu().forward(&image).unwrap();
    assert_eq!(output.codes(), &Codes::U8(vec![64, 50, 76, 50]));
}

#[test]
fn a_sum_fits_into_32_bits_or_is_refused() {
    let input = params(1.0, 0);
    // 66312 products: channels times kernel height times kernel width.
    let weight = filters(&vec![1; 66312], &[1, 11052, 2, 3], &[1.0]);
    let error = QuantizedConv2d::new(weight, None, PLAIN, input, input).unwrap_err();
    let expected =
        QuantError::SumTooLong { operation: "QuantizedConv2d::new", products: 66312, limit: 66311 };
    assert_eq!(error, expected);
}

#[test]
fn what_does_not_fit_is_named() {
    let (layer, _) = row(PLAIN);
    let error = layer.accumulate(&image(&[1, 2], &[1, 1, 2, 1], layer.input())).unwrap_err();
    let start = "QuantizedConv2d::accumulate: [1, 1, 2, 1] and [1, 1, 1, 2]: ";
    assert!(error.to_string().starts_with(start), "{error}");
    let error = layer.forward(&image(&[1, 2], &[1, 1, 1, 2], params(0.5, 11))).unwrap_err();
    assert!(matches!(error, QuantError::BadValue { .. }), "{error}");
    let still = Window { stride: (0, 1), padding: (0, 0) };
    let weight = filters(&[1], &[1, 1, 1, 1], &[1.0]);
    let error = QuantizedConv2d::new(weight, None, still, params(1.0, 0), params(1.0, 0));
    assert!(matches!(error, Err(QuantError::BadValue { .. })), "{error:?}");
}
