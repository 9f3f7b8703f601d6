//! Task `fast`. Run with `cargo test -p quantization --test fast`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start. Whether a kernel is fast is measured by grading, and by
//! `cargo run --release -p quantization --example precision`.

use quantization::{
    Codes, ConvShape, Granularity, Int8Conv2d, Int8Linear, PackedFilters, PackedMatrix, QuantError,
    QuantParams, QuantizedTensor, Scheme, TensorParams, Window, quantize,
};
use tinytorch::Tensor;

const PLAIN: Window = Window { stride: (1, 1), padding: (0, 0) };

/// Codes that differ, among them both ends.
fn codes(count: usize, low: i32, high: i32) -> Vec<i32> {
    let count_of_codes = (high - low + 1) as usize;
    (0..count).map(|at| low + (at * 89 % count_of_codes) as i32).collect()
}

fn weight(shape: &[usize]) -> QuantizedTensor {
    let params = QuantParams::new(0.01, 0, Scheme::SYMMETRIC_I8).unwrap();
    let codes = codes(shape.iter().product(), -127, 127);
    let codes = Codes::new(codes, Scheme::SYMMETRIC_I8);
    QuantizedTensor::from_codes(codes, shape, TensorParams::per_tensor(params)).unwrap()
}

/// The definition, element by element.
fn expected(input: &[i32], zero_point: i32, weight: &QuantizedTensor) -> Vec<i32> {
    let outputs = weight.shape()[1];
    let weights = weight.codes().to_vec();
    let mut sums = Vec::new();
    for row in input.chunks(weight.shape()[0]) {
        for j in 0..outputs {
            let products = row.iter().zip(weights.chunks(outputs));
            sums.push(products.map(|(code, weights)| (code - zero_point) * weights[j]).sum());
        }
    }
    sums
}

#[test]
fn every_size_is_right() {
    for (rows, inputs, outputs) in
        [(1, 1, 1), (1, 4, 16), (8, 64, 32), (3, 5, 7), (9, 66, 35), (2, 3, 70), (17, 7, 1)]
    {
        let weight = weight(&[inputs, outputs]);
        let packed = PackedMatrix::new(&weight).unwrap();
        let input = codes(rows * inputs, 0, 255);
        let sums = packed.multiply(&Codes::new(input.clone(), Scheme::U8), 100).unwrap();
        assert_eq!(sums, expected(&input, 100, &weight), "{rows} {inputs} {outputs}");
    }
}

#[test]
fn signed_codes_and_every_zero_point_are_right() {
    let weight = weight(&[13, 20]);
    let packed = PackedMatrix::new(&weight).unwrap();
    for (scheme, zero_point) in
        [(Scheme::U8, 0), (Scheme::U8, 255), (Scheme::I8, -128), (Scheme::I8, 0), (Scheme::I8, 127)]
    {
        let input = codes(3 * 13, scheme.min(), scheme.max());
        let sums = packed.multiply(&Codes::new(input.clone(), scheme), zero_point).unwrap();
        assert_eq!(sums, expected(&input, zero_point, &weight), "{scheme:?} {zero_point}");
    }
}

#[test]
fn large_products_side_by_side_do_not_saturate() {
    // 2 * 255 * 127 exceeds 16 bits.
    let params = QuantParams::new(0.01, 0, Scheme::SYMMETRIC_I8).unwrap();
    let params = TensorParams::per_tensor(params);
    let weight = QuantizedTensor::from_codes(Codes::I8(vec![127; 8]), &[8, 1], params).unwrap();
    let packed = PackedMatrix::new(&weight).unwrap();
    assert_eq!(packed.multiply(&Codes::U8(vec![255; 8]), 0).unwrap(), [8 * 255 * 127]);
    assert_eq!(packed.multiply(&Codes::I8(vec![-128; 8]), 127).unwrap(), [-8 * 255 * 127]);
}

#[test]
fn a_convolution_pads_with_the_zero_point() {
    for (channels, window) in [
        (1, Window { stride: (1, 1), padding: (1, 1) }),
        (5, Window { stride: (2, 1), padding: (0, 2) }),
        (8, Window { stride: (1, 3), padding: (3, 4) }),
    ] {
        let weight = weight(&[18, channels, 3, 2]);
        let shape = ConvShape::new("test", &[2, channels, 5, 6], weight.shape(), window).unwrap();
        let image = codes(2 * channels * 30, 0, 255);
        let packed = PackedFilters::new(&weight).unwrap();
        let sums = packed.convolve(&Codes::new(image.clone(), Scheme::U8), 77, &shape).unwrap();
        assert_eq!(sums, convolved(&image, 77, &weight.codes().to_vec(), &shape), "{window:?}");
    }
}

/// The definition of a convolution, window by window.
fn convolved(images: &[i32], zero_point: i32, weights: &[i32], shape: &ConvShape) -> Vec<i32> {
    let ((h, w), (kh, kw)) = (shape.image, shape.kernel);
    let Window { stride, padding } = shape.window;
    let mut sums = Vec::new();
    for image in images.chunks(shape.channels * h * w) {
        for filter in weights.chunks(shape.filter_len()) {
            for at in 0..shape.positions() {
                let (down, across) = (at / shape.output.1, at % shape.output.1);
                let products = filter.iter().enumerate().map(|(k, weight)| {
                    let y = ConvShape::pixel(h, down, k / kw % kh, stride.0, padding.0);
                    let x = ConvShape::pixel(w, across, k % kw, stride.1, padding.1);
                    let plane = k / (kh * kw);
                    let code = y.zip(x).map(|(y, x)| image[(plane * h + y) * w + x]);
                    (code.unwrap_or(zero_point) - zero_point) * weight
                });
                sums.push(products.sum());
            }
        }
    }
    sums
}

#[test]
fn a_layer_of_floats_is_quantized_multiplied_and_scaled() {
    // The range is 0 to 255 in steps of 1; the weights are 127 and 31.75 steps of 1/127, the latter rounded to 32.
    let weight = Tensor::from_vec(vec![1.0, 0.25], &[2, 1]).unwrap();
    let layer = Int8Linear::new(&weight, Some(&[10.0])).unwrap();
    let x = Tensor::from_vec(vec![255.0, 100.0], &[1, 2]).unwrap();
    let y = layer.forward(&x).unwrap();
    assert_eq!(y.shape(), [1, 1]);
    let step = (1.0 / 127.0_f64) as f32;
    assert_eq!(y.to_vec(), [(255 * 127 + 100 * 32) as f32 * step + 10.0]);
}

#[test]
fn layers_of_floats_are_near_the_products_of_the_numbers() {
    let numbers = |shape: &[usize]| {
        let numbers =
            (0..shape.iter().product()).map(|at: usize| (at * 7 % 23) as f32 / 11.0 - 1.0);
        Tensor::from_vec(numbers.collect(), shape).unwrap()
    };
    let near = |got: &Tensor, exact: &Tensor| {
        assert_eq!(got.shape(), exact.shape());
        let off =
            got.to_vec().into_iter().zip(exact.to_vec()).map(|(got, exact)| (got - exact).abs());
        assert!(off.fold(0.0, f32::max) < 0.1);
    };
    let (weight, x) = (numbers(&[30, 9]), numbers(&[4, 30]));
    let layer = Int8Linear::new(&weight, None).unwrap();
    near(&layer.forward(&x).unwrap(), &x.matmul(&weight).unwrap());
    // A filter of one pixel is a matrix product as well.
    let filters =
        Tensor::from_vec(weight.transpose(0, 1).unwrap().to_vec(), &[9, 30, 1, 1]).unwrap();
    let layer = Int8Conv2d::new(&filters, None, PLAIN).unwrap();
    let image = Tensor::from_vec(x.to_vec(), &[4, 30, 1, 1]).unwrap();
    let y = layer.forward(&image).unwrap();
    assert_eq!(y.shape(), [4, 9, 1, 1]);
    near(&Tensor::from_vec(y.to_vec(), &[4, 9]).unwrap(), &x.matmul(&weight).unwrap());
}

#[test]
fn a_permuted_input_is_read_in_its_new_order() {
    let weight = Tensor::from_vec(vec![1.0, 0.5, 0.25, -1.0, 2.0, 3.0], &[3, 2]).unwrap();
    let layer = Int8Linear::new(&weight, None).unwrap();
    let x = Tensor::from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[3, 2]).unwrap();
    let seen = x.transpose(0, 1).unwrap();
    let copied = Tensor::from_vec(seen.to_vec(), &[2, 3]).unwrap();
    assert_eq!(layer.forward(&seen).unwrap(), layer.forward(&copied).unwrap());
}

#[test]
fn what_does_not_fit_is_named() {
    let packed = PackedMatrix::new(&weight(&[3, 2])).unwrap();
    let error = packed.multiply(&Codes::U8(vec![0; 4]), 0).unwrap_err();
    assert!(error.to_string().starts_with("PackedMatrix::multiply: [4] and [3, 2]: "), "{error}");
    let numbers = Tensor::ones(&[2, 3]);
    let per_tensor = TensorParams::of_tensor(&numbers, Scheme::U8, Granularity::PerTensor).unwrap();
    let error = PackedMatrix::new(&quantize(&numbers, &per_tensor).unwrap()).unwrap_err();
    assert!(matches!(error, QuantError::BadValue { .. }), "{error}");
    let layer = Int8Linear::new(&Tensor::ones(&[3, 2]), None).unwrap();
    let error =
        layer.forward(&Tensor::from_vec(vec![1.0, f32::NAN, 0.0], &[3]).unwrap()).unwrap_err();
    assert!(
        matches!(error, QuantError::NotFinite { operation: "Int8Linear::forward", .. }),
        "{error}"
    );
    let error = Int8Conv2d::new(&Tensor::ones(&[2, 3, 1]), None, PLAIN).unwrap_err();
    assert!(matches!(error, QuantError::ShapeMismatch { .. }), "{error}");
}
