//! Layers of integers, in plain loops of `i64`, and their requantization in exact `i128`.

use crate::contract::{Granularity, Layer, Params, Quantized, Scheme, TensorParams, Window};

/// The significand of 31 bits and the shift of the multiplier nearest to `real`, from the bits of `real`.
pub fn multiplier(real: f64) -> (i32, u32) {
    let bits = real.to_bits();
    let exponent = (bits >> 52) as i32 - 1075;
    let significand = bits & ((1 << 52) - 1) | 1 << 52;
    let dropped = significand & ((1 << 22) - 1);
    let kept = significand >> 22;
    let is_up = dropped > 1 << 21 || (dropped == 1 << 21 && kept % 2 == 1);
    let rounded = kept + u64::from(is_up);
    let carry = i32::from(rounded == 1 << 31);
    ((rounded >> carry) as i32, (-(exponent + 22 + carry)) as u32)
}

/// `sum * m0 / 2^shift`, to the nearest integer, ties upwards, kept to 32 bits.
pub fn multiplied((m0, shift): (i32, u32), sum: i64) -> i32 {
    let divisor = 1_i128 << shift;
    let nearest = (2 * i128::from(sum) * i128::from(m0) + divisor).div_euclid(2 * divisor);
    nearest.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

/// The lowest and the highest code.
pub const fn range(scheme: Scheme) -> (i32, i32) {
    match scheme {
        Scheme::Unsigned { bits } => (0, (1 << bits) - 1),
        Scheme::Signed { bits } => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        Scheme::Symmetric { bits } => (1 - (1 << (bits - 1)), (1 << (bits - 1)) - 1),
    }
}

/// The code of a sum whose unit is `scale`.
pub fn code(scale: f64, output: Params, relu: bool, sum: i64) -> i32 {
    let steps = i64::from(multiplied(multiplier(scale / f64::from(output.scale)), sum));
    let (min, max) = range(output.scheme);
    let low = if relu { output.zero_point.max(min) } else { min };
    (steps + i64::from(output.zero_point)).clamp(low.into(), max.into()) as i32
}

/// The unit of a sum of each output.
pub fn units(layer: &Layer, outputs: usize) -> Vec<f64> {
    let params = &layer.weight.params;
    let scale = |output: usize| match params.granularity {
        Granularity::PerTensor => params.channels[0].scale,
        Granularity::PerChannel { .. } => params.channels[output].scale,
    };
    (0..outputs).map(|at| f64::from(layer.input.scale) * f64::from(scale(at))).collect()
}

/// The bias in these units.
pub fn bias(layer: &Layer, units: &[f64]) -> Vec<i64> {
    let number = |at: usize| layer.bias.as_ref().map_or(0.0, |bias| f64::from(bias.0[at]));
    let steps = units.iter().enumerate().map(|(at, unit)| number(at) / unit);
    steps.map(|steps| steps.round_ties_even() as i64).collect()
}

/// The output of a layer for these sums. The channel of a sum is its position divided by `every`, modulo `channels`.
pub fn output(
    layer: &Layer,
    shape: &[usize],
    (channels, every): (usize, usize),
    sums: &[i64],
) -> Quantized {
    let units = units(layer, channels);
    let codes = sums.iter().enumerate();
    let codes =
        codes.map(|(at, &sum)| code(units[at / every % channels], layer.output, layer.relu, sum));
    let params = TensorParams { granularity: Granularity::PerTensor, channels: vec![layer.output] };
    Quantized { shape: shape.to_vec(), codes: codes.collect(), params }
}

/// The bias and the sums of a linear layer.
pub fn linear_sums(layer: &Layer, input: &Quantized) -> (Vec<i64>, Vec<i64>) {
    let (k, n) = (layer.weight.shape[0], layer.weight.shape[1]);
    let bias = bias(layer, &units(layer, n));
    let zero_point = i64::from(layer.input.zero_point);
    let mut sums = Vec::new();
    for row in input.codes.chunks(k) {
        for (j, start) in bias.iter().enumerate() {
            let products = row.iter().enumerate().map(|(p, code)| {
                (i64::from(*code) - zero_point) * i64::from(layer.weight.codes[p * n + j])
            });
            sums.push(start + products.sum::<i64>());
        }
    }
    (bias, sums)
}

/// The shape, the bias and the sums of a convolution of images with zero points around them.
pub fn conv_sums(
    layer: &Layer,
    window: Window,
    input: &Quantized,
) -> (Vec<usize>, Vec<i64>, Vec<i64>) {
    let [images, channels, h, w] = [0, 1, 2, 3].map(|axis| input.shape[axis]);
    let [filters, _, kh, kw] = [0, 1, 2, 3].map(|axis| layer.weight.shape[axis]);
    let bias = bias(layer, &units(layer, filters));
    let zero_point = i64::from(layer.input.zero_point);
    let size = (h + 2 * window.padding.0, w + 2 * window.padding.1);
    let (down, across) = (starts(size.0, kh, window.stride.0), starts(size.1, kw, window.stride.1));
    let mut sums = Vec::new();
    for image in input.codes.chunks(channels * h * w) {
        let padded = padded(image, (channels, h, w), window.padding, layer.input.zero_point);
        for (filter, start) in layer.weight.codes.chunks(channels * kh * kw).zip(&bias) {
            for top in &down {
                for left in &across {
                    let products = filter.iter().enumerate().map(|(at, weight)| {
                        let (channel, y, x) = (at / (kh * kw), at / kw % kh, at % kw);
                        let pixel = padded[(channel * size.0 + top + y) * size.1 + left + x];
                        (i64::from(pixel) - zero_point) * i64::from(*weight)
                    });
                    sums.push(start + products.sum::<i64>());
                }
            }
        }
    }
    (vec![images, filters, down.len(), across.len()], bias, sums)
}

/// The first row (or column) of each window.
pub fn starts(padded: usize, kernel: usize, stride: usize) -> Vec<usize> {
    (0..=padded).step_by(stride).filter(|start| start + kernel <= padded).collect()
}

/// An image inside of a frame.
fn padded(
    image: &[i32],
    (channels, h, w): (usize, usize, usize),
    padding: (usize, usize),
    frame: i32,
) -> Vec<i32> {
    let size = (h + 2 * padding.0, w + 2 * padding.1);
    let mut padded = vec![frame; channels * size.0 * size.1];
    for (at, code) in image.iter().enumerate() {
        let (channel, y, x) = (at / (h * w), at / w % h, at % w);
        padded[(channel * size.0 + padding.0 + y) * size.1 + padding.1 + x] = *code;
    }
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multiplier_has_31_bits() {
        assert_eq!(multiplier(1.0), (1 << 30, 30));
        assert_eq!(multiplier(0.75), (3 << 29, 31));
        assert_eq!(multiplier(2.0_f64.powi(-32)), (1 << 30, 62));
        assert_eq!(multiplier(1.0 - 2.0_f64.powi(-40)), (1 << 30, 30));
    }

    #[test]
    fn a_half_goes_up() {
        let half = multiplier(0.5);
        assert_eq!([3, -3, 1, -1].map(|sum| multiplied(half, sum)), [2, -1, 1, 0]);
    }
}
