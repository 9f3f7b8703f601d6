//! Task `fast`: layers that take and give `f32`.

use super::conv::PLAIN;
use super::layer_prelude::*;
use crate::oracle::dynamic;

cases! { task "fast", client Client;
    /// A linear layer: quantize, multiply, scale, add the bias, as documented, bit for bit.
    int8_linear_follows_its_formula;
    /// A linear layer replaces the last axis, whatever comes before it.
    int8_linear_keeps_the_leading_axes after [int8_linear_follows_its_formula];
    /// A linear layer reads permuted weights and inputs in the order of their axes.
    int8_linear_follows_views after [int8_linear_follows_its_formula];
    /// A linear layer takes inputs on one side of `0`, of zeros, of very small and very large numbers, and outputs of zeros.
    int8_linear_takes_all_ranges after [int8_linear_follows_its_formula];
    /// A linear layer refuses weights, biases and sums that do not fit.
    int8_linear_refuses_weights;
    /// A linear layer refuses inputs that do not fit, are empty, or not finite.
    int8_linear_refuses_inputs;
    /// Numbers between two codes go to the even number of steps, whatever the zero point.
    int8_layers_round_ties_to_even
        after [int8_linear_follows_its_formula, int8_conv2d_follows_its_formula];
    /// A convolution: the same, with the zero point around the images, bit for bit.
    int8_conv2d_follows_its_formula;
    /// A convolution takes all strides, paddings, kernels and sizes.
    int8_conv2d_takes_all_windows after [int8_conv2d_follows_its_formula];
    /// A convolution reads permuted weights and images in the order of their axes.
    int8_conv2d_follows_views after [int8_conv2d_follows_its_formula];
    /// A convolution takes images on one side of `0` and of zeros, and filters of zeros.
    int8_conv2d_takes_all_ranges after [int8_conv2d_follows_its_formula];
    /// A convolution refuses filters, biases, strides and sums that do not fit.
    int8_conv2d_refuses_weights;
    /// A convolution refuses images that do not fit, are empty, or not finite.
    int8_conv2d_refuses_images;
}

/// Normally distributed numbers.
fn array(draw: &mut Draw, shape: &[usize], scale: f64) -> Array {
    let data = (0..shape.iter().product()).map(|_| (scale * draw.normal()) as f32);
    Array { shape: shape.to_vec(), data: Floats(data.collect()), axes: Vec::new() }
}

fn map(of: &mut Array, change: impl Fn(f32) -> f32) {
    of.data.0.iter_mut().for_each(|x| *x = change(*x));
}

fn linear_follows(
    message: &'static str,
    code: &mut Client,
    weight: Array,
    bias: Option<Floats>,
    x: Array,
) -> CaseVerdict {
    let (shape, output) = dynamic::linear(&weight, bias.as_ref().map(|bias| bias.0.as_slice()), &x);
    let got = code.int8_linear(weight, bias, x)?;
    check::equal(message, &got.shape, &shape)?;
    check::equal(message, &got.data.0, &output)
}

fn conv_follows(
    message: &'static str,
    code: &mut Client,
    (weight, bias): (Array, Option<Floats>),
    window: Window,
    x: Array,
) -> CaseVerdict {
    let (shape, output) =
        dynamic::conv(&weight, bias.as_ref().map(|bias| bias.0.as_slice()), window, &x);
    let got = code.int8_conv2d(weight, bias, window, x)?;
    check::equal(message, &got.shape, &shape)?;
    check::equal(message, &got.data.0, &output)
}

fn bias(draw: &mut Draw, outputs: usize) -> Floats {
    array(draw, &[outputs], 1.0).data
}

pub fn int8_linear_follows_its_formula(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the sum as `f32`, times (input scale x weight scale), plus the bias; the range is that of the whole \
                   input, a weight scale that of its output";
    for at in 0..5 {
        let [rows, inputs, outputs] = [draw.int(1..=9), draw.int(1..=70), draw.int(1..=40)];
        let mut weight = array(draw, &[inputs, outputs], 0.1);
        for (j, x) in weight.data.0.iter_mut().enumerate() {
            *x *= (1 + j % outputs) as f32;
        }
        let mut x = array(draw, &[rows, inputs], 1.0);
        for (at, x) in x.data.0.iter_mut().enumerate() {
            *x *= (1 + at / inputs) as f32;
        }
        let bias = if at % 2 == 0 { Some(bias(draw, outputs)) } else { None };
        linear_follows(message, code, weight, bias, x)?;
    }
    Ok(())
}

pub fn int8_linear_keeps_the_leading_axes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "the output should have the input's shape, with the outputs in place of the last axis";
    let [inputs, outputs] = [draw.int(2..=20), draw.int(2..=20)];
    for shape in [vec![inputs], vec![2, 3, inputs], vec![1, 2, 2, inputs]] {
        let weight = array(draw, &[inputs, outputs], 0.1);
        let x = array(draw, &shape, 1.0);
        let bias = Some(bias(draw, outputs));
        linear_follows(message, code, weight, bias, x)?;
    }
    Ok(())
}

fn int8_linear_follows_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "permuted tensors should be read in the order of their axes";
    let [inputs, outputs] = [draw.int(2..=20), draw.int(21..=40)];
    let transposed = |draw: &mut Draw| {
        let of = array(draw, &[outputs, inputs], 0.1);
        Array { axes: vec![1, 0], ..of }
    };
    let weight = transposed(draw);
    let x = array(draw, &[3, inputs], 1.0);
    linear_follows(message, code, weight, None, x)?;
    let weight = array(draw, &[inputs, outputs], 0.1);
    let x = array(draw, &[inputs, 3, 2], 1.0);
    linear_follows(message, code, weight, None, Array { axes: vec![2, 1, 0], ..x })
}

fn int8_linear_takes_all_ranges(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the range of the input is widened to hold 0; zeros have scale 1; a tiny scale is the smallest normal \
                   number";
    let [inputs, outputs] = [draw.int(2..=20), draw.int(2..=20)];
    let changes: [fn(f32) -> f32; 6] =
        [|x| x.abs() + 3.0, |x| -x.abs() - 3.0, |_| 0.0, |x| x * 1e-40, |x| x * 1e30, |_| -2.5];
    for change in changes {
        let weight = array(draw, &[inputs, outputs], 0.1);
        let mut x = array(draw, &[3, inputs], 1.0);
        map(&mut x, change);
        let bias = Some(bias(draw, outputs));
        linear_follows(message, code, weight, bias, x)?;
    }
    let mut weight = array(draw, &[inputs, outputs], 0.1);
    weight.data.0.iter_mut().step_by(outputs).for_each(|x| *x = 0.0);
    let x = array(draw, &[3, inputs], 1.0);
    linear_follows(message, code, weight, None, x)
}

pub fn int8_layers_round_ties_to_even(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an input between two codes should be rounded to the even number of steps, before the zero point is added";
    let channels = draw.int(2..=5);
    for low in [-127.0, -128.0] {
        // 255 steps of 1.
        let mut x = array(draw, &[1, channels, 4, 5], 1.0);
        map(&mut x, |x| (x * 20.0).round().clamp(-100.0, 100.0) + 0.5);
        x.data.0[0] = low;
        x.data.0[1] = low + 255.0;
        let weight = array(draw, &[5, 3], 0.1);
        linear_follows(message, code, weight, None, x.clone())?;
        let weight = array(draw, &[3, channels, 2, 2], 0.1);
        conv_follows(message, code, (weight, None), PLAIN, x)?;
    }
    Ok(())
}

fn int8_linear_refuses_weights(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    const NEW: &str = "Int8Linear::new: ";
    let message = "weights without two axes, biases of another length, sums that are too long, and weights that are empty \
                   or not finite should be refused";
    let [inputs, outputs] = [draw.int(2..=6), draw.int(7..=9)];
    let x = array(draw, &[2, inputs], 1.0);
    for length in [outputs + 1, outputs - 1, inputs, 0] {
        let weight = array(draw, &[inputs, outputs], 1.0);
        let result = code.int8_linear(weight, Some(Floats(vec![0.0; length])), x.clone());
        let start = format!("{NEW}[{inputs}, {outputs}] and [{length}]: ");
        refused(message, result, "ShapeMismatch", &start)?;
    }
    for shape in [vec![inputs], vec![inputs, 2, 1]] {
        let result = code.int8_linear(array(draw, &shape, 1.0), None, x.clone());
        refused(message, result, "ShapeMismatch", &format!("{NEW}{shape:?} and []: "))?;
    }
    let longest = (i32::MAX / (255 * 127)) as usize;
    let ones = |count: usize, shape: Vec<usize>| Array {
        shape,
        data: Floats(vec![1.0; count]),
        axes: Vec::new(),
    };
    let too_long = ones(longest + 1, vec![longest + 1, 1]);
    let result = code.int8_linear(too_long, None, ones(longest + 1, vec![longest + 1]));
    let start =
        format!("{NEW}a sum of {} products may exceed 32 bits: at most {longest} fit", longest + 1);
    refused(message, result, "SumTooLong", &start)?;
    let fits = ones(longest, vec![longest, 1]);
    linear_follows(message, code, fits, None, ones(longest, vec![longest]))?;
    let of_tensor = "TensorParams::of_tensor: ";
    let empty = array(draw, &[inputs, 0], 1.0);
    refused(message, code.int8_linear(empty, None, x.clone()), "Empty", of_tensor)?;
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut weight = array(draw, &[inputs, outputs], 1.0);
        weight.data.0[draw.int(0..=inputs * outputs - 1)] = bad;
        refused(message, code.int8_linear(weight, None, x.clone()), "NotFinite", of_tensor)?;
    }
    Ok(())
}

fn int8_linear_refuses_inputs(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    const FORWARD: &str = "Int8Linear::forward: ";
    let message = "inputs whose last axis does not fit, that are empty, or that hold NaN or infinity should be refused";
    let [inputs, outputs] = [draw.int(2..=6), draw.int(7..=9)];
    let weight = array(draw, &[inputs, outputs], 1.0);
    for shape in [vec![3, inputs + 1], vec![inputs, 1], vec![]] {
        let result = code.int8_linear(weight.clone(), None, array(draw, &shape, 1.0));
        let start = format!("{FORWARD}{shape:?} and [{inputs}, {outputs}]: ");
        refused(message, result, "ShapeMismatch", &start)?;
    }
    let empty = array(draw, &[0, inputs], 1.0);
    let start = format!("{FORWARD}the tensor [0, {inputs}] ");
    refused(message, code.int8_linear(weight.clone(), None, empty), "Empty", &start)?;
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut x = array(draw, &[3, inputs], 1.0);
        x.data.0[draw.int(0..=3 * inputs - 1)] = bad;
        let start = format!("{FORWARD}the tensor [3, {inputs}] holds {bad}");
        refused(message, code.int8_linear(weight.clone(), None, x), "NotFinite", &start)?;
    }
    Ok(())
}

pub fn int8_conv2d_follows_its_formula(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the sum as `f32`, times (input scale x filter scale), plus the bias; the range is that of all images, a \
                   weight scale that of its filter";
    for at in 0..4 {
        let [channels, filters] = [draw.int(1..=5), draw.int(2..=20)];
        let mut weight = array(draw, &[filters, channels, 3, 2], 0.1);
        for (at, x) in weight.data.0.iter_mut().enumerate() {
            *x *= (1 + at / (channels * 6)) as f32;
        }
        let mut x = array(draw, &[2, channels, 5, 6], 1.0);
        for (at, x) in x.data.0.iter_mut().enumerate() {
            *x *= (1 + at / (channels * 30)) as f32;
        }
        let bias = if at % 2 == 0 { Some(bias(draw, filters)) } else { None };
        let window = Window { stride: (1, 1), padding: (at / 2, at / 2) };
        conv_follows(message, code, (weight, bias), window, x)?;
    }
    Ok(())
}

pub fn int8_conv2d_takes_all_windows(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "all strides, paddings, kernels and sizes should be right";
    for kernel in [(1, 1), (3, 3), (2, 5), (5, 1)] {
        let [images, channels, filters] = [draw.int(1..=3), draw.int(1..=6), draw.int(1..=20)];
        let weight = array(draw, &[filters, channels, kernel.0, kernel.1], 0.1);
        let size = (draw.int(5..=8), draw.int(5..=20));
        let x = array(draw, &[images, channels, size.0, size.1], 1.0);
        let stride = (draw.int(1..=3), draw.int(1..=3));
        let padding = (draw.int(0..=3), draw.int(0..=6));
        let bias = Some(bias(draw, filters));
        conv_follows(message, code, (weight, bias), Window { stride, padding }, x)?;
    }
    Ok(())
}

fn int8_conv2d_follows_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "permuted tensors should be read in the order of their axes";
    let channels = draw.int(2..=5);
    let window = Window { stride: (1, 2), padding: (1, 0) };
    // Channels last, viewed as channels first.
    let x = array(draw, &[2, 6, 7, channels], 1.0);
    let x = Array { axes: vec![0, 3, 1, 2], ..x };
    let weight = array(draw, &[4, channels, 2, 3], 0.1);
    conv_follows(message, code, (weight, None), window, x)?;
    let x = array(draw, &[2, channels, 6, 7], 1.0);
    let weight = array(draw, &[3, channels, 2, 4], 0.1);
    let weight = Array { axes: vec![3, 1, 0, 2], ..weight };
    conv_follows(message, code, (weight, None), window, x)
}

fn int8_conv2d_takes_all_ranges(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "the range of the images is widened to hold 0, which is the padding; zeros have scale 1";
    let changes: [fn(f32) -> f32; 4] =
        [|x| x.abs() + 3.0, |x| -x.abs() - 3.0, |_| 0.0, |x| x * 1e-40];
    for change in changes {
        let mut weight = array(draw, &[3, 2, 3, 3], 0.1);
        weight.data.0[..18].fill(0.0);
        let mut x = array(draw, &[1, 2, 4, 5], 1.0);
        map(&mut x, change);
        let bias = Some(bias(draw, 3));
        let window = Window { stride: (1, 1), padding: (1, 2) };
        conv_follows(message, code, (weight, bias), window, x)?;
    }
    Ok(())
}

fn int8_conv2d_refuses_weights(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    const NEW: &str = "Int8Conv2d::new: ";
    let message = "filters without four axes or sides, biases of another length, a stride of 0, sums that are too long, and \
                   weights that are not finite should be refused";
    let channels = draw.int(2..=4);
    let x = array(draw, &[1, channels, 4, 4], 1.0);
    for length in [4, 6, channels, 0] {
        let weight = array(draw, &[5, channels, 2, 2], 1.0);
        let bias = Some(Floats(vec![0.0; length]));
        let result = code.int8_conv2d(weight, bias, PLAIN, x.clone());
        let start = format!("{NEW}[5, {channels}, 2, 2] and [{length}]: ");
        refused(message, result, "ShapeMismatch", &start)?;
    }
    for shape in [vec![5, channels], vec![1, 5, channels, 2, 2]] {
        let result = code.int8_conv2d(array(draw, &shape, 1.0), None, PLAIN, x.clone());
        refused(message, result, "ShapeMismatch", &format!("{NEW}{shape:?} and []: "))?;
    }
    for (stride, kernel) in [((0, 1), [2, 2]), ((1, 0), [2, 2]), ((1, 1), [0, 2]), ((1, 1), [2, 0])]
    {
        let weight = array(draw, &[5, channels, kernel[0], kernel[1]], 1.0);
        let window = Window { stride, padding: (0, 0) };
        refused(message, code.int8_conv2d(weight, None, window, x.clone()), "BadValue", NEW)?;
    }
    let longest = (i32::MAX / (255 * 127)) as usize;
    let ones = |channels: usize| Array {
        shape: vec![1, channels, 1, 3],
        data: Floats(vec![1.0; 3 * channels]),
        axes: Vec::new(),
    };
    let channels = longest / 3 + 1;
    let result = code.int8_conv2d(ones(channels), None, PLAIN, ones(channels));
    let start = format!(
        "{NEW}a sum of {} products may exceed 32 bits: at most {longest} fit",
        3 * channels
    );
    refused(message, result, "SumTooLong", &start)?;
    for bad in [f32::NAN, f32::INFINITY] {
        let channels = x.shape[1];
        let mut weight = array(draw, &[2, channels, 2, 2], 1.0);
        weight.data.0[draw.int(0..=8 * channels - 1)] = bad;
        let result = code.int8_conv2d(weight, None, PLAIN, x.clone());
        refused(message, result, "NotFinite", "TensorParams::of_tensor: ")?;
    }
    Ok(())
}

fn int8_conv2d_refuses_images(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    const FORWARD: &str = "Int8Conv2d::forward: ";
    let message = "images that do not fit the filters, that are empty, or that hold NaN or infinity should be refused";
    let channels = draw.int(2..=4);
    let weight = array(draw, &[2, channels, 3, 2], 1.0);
    let shapes = [
        vec![1, channels + 1, 4, 4],
        vec![1, channels, 2, 4],
        vec![1, channels, 4, 1],
        vec![channels, 4, 4],
    ];
    for shape in shapes {
        let result = code.int8_conv2d(weight.clone(), None, PLAIN, array(draw, &shape, 1.0));
        let start = format!("{FORWARD}{shape:?} and [2, {channels}, 3, 2]: ");
        refused(message, result, "ShapeMismatch", &start)?;
    }
    let empty = array(draw, &[0, channels, 4, 4], 1.0);
    let start = format!("{FORWARD}the tensor [0, {channels}, 4, 4] ");
    refused(message, code.int8_conv2d(weight.clone(), None, PLAIN, empty), "Empty", &start)?;
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut x = array(draw, &[1, channels, 4, 4], 1.0);
        x.data.0[draw.int(0..=16 * channels - 1)] = bad;
        let start = format!("{FORWARD}the tensor [1, {channels}, 4, 4] holds {bad}");
        refused(message, code.int8_conv2d(weight.clone(), None, PLAIN, x), "NotFinite", &start)?;
    }
    Ok(())
}
