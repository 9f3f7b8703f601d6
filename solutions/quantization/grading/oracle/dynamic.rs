//! Layers that take and give `f32` and multiply bytes: the documented formulas, with sums of `i64`.

use crate::contract::Window;
use course_data::Array;

/// Numbers as codes.
pub struct Coded {
    pub scale: f32,
    pub zero_point: i64,
    pub codes: Vec<i64>,
}

/// Codes of `u8` for the range of all numbers.
pub fn input(numbers: &[f32]) -> Coded {
    let low = numbers.iter().fold(0.0, |low: f32, x| low.min(*x));
    let high = numbers.iter().fold(0.0, |high: f32, x| high.max(*x));
    let step = (f64::from(high) - f64::from(low)) / 255.0;
    let scale = if step == 0.0 { 1.0 } else { (step as f32).max(f32::MIN_POSITIVE) };
    let zero_point = (-f64::from(low) / f64::from(scale)).round_ties_even() as i64;
    let inverse = 1.0 / scale;
    let code = |x: &f32| ((x * inverse).round_ties_even() as i64 + zero_point).clamp(0, 255);
    Coded { scale, zero_point, codes: numbers.iter().map(code).collect() }
}

/// Symmetric codes of one output's weights.
pub fn weights(numbers: &[f32]) -> Coded {
    let largest = numbers.iter().fold(0.0, |largest: f32, x| largest.max(x.abs()));
    let step = f64::from(largest) / 127.0;
    let scale = if step == 0.0 { 1.0 } else { (step as f32).max(f32::MIN_POSITIVE) };
    let inverse = 1.0 / scale;
    let code = |x: &f32| ((x * inverse).round_ties_even() as i64).clamp(-127, 127);
    Coded { scale, zero_point: 0, codes: numbers.iter().map(code).collect() }
}

/// A sum of products of codes, as a number.
fn number(
    (input, weights): (&Coded, &Coded),
    products: impl Iterator<Item = (i64, i64)>,
    bias: Option<f32>,
) -> f32 {
    let sum: i64 = products.map(|(code, weight)| (code - input.zero_point) * weight).sum();
    let scaled = sum as f32 * (input.scale * weights.scale);
    bias.map_or(scaled, |bias| scaled + bias)
}

/// The shape of a tensor with its axes permuted, and its elements row by row.
fn logical(of: &Array) -> (Vec<usize>, Vec<f32>) {
    if of.axes.is_empty() {
        return (of.shape.clone(), of.data.0.clone());
    }
    let stride = |axis: usize| of.shape[axis + 1..].iter().product::<usize>();
    let axes: Vec<(usize, usize)> =
        of.axes.iter().map(|&axis| (of.shape[axis], stride(axis))).collect();
    let mut offsets = vec![0];
    for (size, stride) in &axes {
        offsets = offsets
            .iter()
            .flat_map(|offset| (0..*size).map(move |at| offset + at * stride))
            .collect();
    }
    let elements = offsets.into_iter().map(|offset| of.data.0[offset]).collect();
    (axes.into_iter().map(|(size, _)| size).collect(), elements)
}

/// The shape and the elements of the output of an `Int8Linear`.
pub fn linear(weight: &Array, bias: Option<&[f32]>, x: &Array) -> (Vec<usize>, Vec<f32>) {
    let ((weight_shape, weight), (mut shape, x)) = (logical(weight), logical(x));
    let (inputs, outputs) = (weight_shape[0], weight_shape[1]);
    let columns: Vec<Coded> = (0..outputs)
        .map(|j| weights(&weight.iter().skip(j).step_by(outputs).copied().collect::<Vec<_>>()))
        .collect();
    let x = input(&x);
    let mut output = Vec::new();
    for row in x.codes.chunks(inputs) {
        for (j, column) in columns.iter().enumerate() {
            let products = row.iter().copied().zip(column.codes.iter().copied());
            output.push(number((&x, column), products, bias.map(|bias| bias[j])));
        }
    }
    shape.pop();
    shape.push(outputs);
    (shape, output)
}

/// The shape and the elements of the output of an `Int8Conv2d`.
pub fn conv(
    weight: &Array,
    bias: Option<&[f32]>,
    Window { stride, padding }: Window,
    x: &Array,
) -> (Vec<usize>, Vec<f32>) {
    let ((weight_shape, weight), (shape, x)) = (logical(weight), logical(x));
    let [filters, channels, kh, kw] = [0, 1, 2, 3].map(|axis| weight_shape[axis]);
    let [h, w] = [shape[2], shape[3]];
    let (oh, ow) =
        ((h + 2 * padding.0 - kh) / stride.0 + 1, (w + 2 * padding.1 - kw) / stride.1 + 1);
    let x = input(&x);
    let weight: Vec<Coded> = weight.chunks(channels * kh * kw).map(weights).collect();
    let mut output = Vec::new();
    for image in x.codes.chunks(channels * h * w) {
        for (f, filter) in weight.iter().enumerate() {
            for at in 0..oh * ow {
                let products = filter.codes.iter().enumerate().filter_map(|(k, weight)| {
                    let y = (at / ow * stride.0 + k / kw % kh).checked_sub(padding.0)?;
                    let x = (at % ow * stride.1 + k % kw).checked_sub(padding.1)?;
                    let is_inside = y < h && x < w;
                    is_inside.then(|| (image[(k / (kh * kw) * h + y) * w + x], *weight))
                });
                output.push(number((&x, filter), products, bias.map(|bias| bias[f])));
            }
        }
    }
    (vec![shape[0], filters, oh, ow], output)
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader_protocol::Floats;

    #[test]
    fn an_output_is_near_the_product_of_the_numbers() {
        let data = [0.5, -1.0, 2.0, 0.25, 1.5, -0.75];
        let of = |shape: &[usize]| Array {
            shape: shape.to_vec(),
            data: Floats(data.to_vec()),
            axes: Vec::new(),
        };
        let (shape, output) = linear(&of(&[3, 2]), Some(&[10.0, 0.0]), &of(&[2, 3]));
        assert_eq!(shape, [2, 2]);
        for (got, exact) in output.iter().zip([11.25, -2.25, 12.0, 1.1875 - 0.5]) {
            assert!((f64::from(*got) - exact).abs() < 0.1, "{output:?}");
        }
    }
}
