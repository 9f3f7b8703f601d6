//! Task `quantize`: tensors of codes.

use super::prelude::*;
use super::quantize::{
    dequantize_gives_the_number_of_a_code, quantize_gives_the_nearest_code, scheme_of,
};
use super::tensor_params::{channel_of, expected as params_of, uneven};
use crate::oracle::affine;
use course_oracle::values::Table;

cases! { task "quantize", client Client;
    /// A tensor's codes are those of its elements, and keep its shape and parameters.
    quantize_takes_tensors after [quantize_gives_the_nearest_code];
    /// Each channel along any axis is quantized with its own parameters.
    quantize_takes_channels_along_any_axis after [quantize_takes_tensors];
    /// A tensor may be a view, also with parameters for each channel.
    quantize_reads_views after [quantize_takes_channels_along_any_axis];
    /// The numbers of a tensor's codes come back in its shape.
    dequantize_gives_tensors after [dequantize_gives_the_number_of_a_code];
    /// The numbers of each channel along any axis come back with its own parameters.
    dequantize_takes_channels_along_any_axis after [dequantize_gives_tensors];
    /// A code costs one byte, a scale four, a zero point four; a symmetric scheme has no zero points to store.
    quantized_bytes_are_counted after [quantize_takes_tensors];
    /// A tensor without elements is refused.
    quantize_refuses_empty_tensors;
    /// NaN and infinities are refused, wherever they are.
    quantize_refuses_what_is_not_finite;
    /// A tensor with another number of channels than there are parameters is refused.
    quantize_refuses_another_number_of_channels;
    /// Channels have the codes that `PyTorch` and ONNX Runtime give them, and come back as theirs.
    quantize_agrees_with_pytorch_per_channel after [quantize_takes_channels_along_any_axis];
}

/// The codes of a tensor.
fn expected(tensor: &Array, params: &TensorParams) -> Quantized {
    let (shape, elements) = elements(tensor);
    let own = |at: usize| params.channels[channel_of(&shape, params.granularity, at)];
    let codes = elements.iter().enumerate().map(|(at, x)| affine::code(own(at), *x)).collect();
    Quantized { shape, codes, params: params.clone() }
}

/// The numbers that codes stand for.
fn numbers(of: &Quantized) -> Vec<f32> {
    let own = |at: usize| of.params.channels[channel_of(&of.shape, of.params.granularity, at)];
    of.codes.iter().enumerate().map(|(at, code)| affine::number(own(at), *code)).collect()
}

fn agrees(
    message: &'static str,
    code: &mut Client,
    tensor: Array,
    params: TensorParams,
) -> CaseVerdict {
    let expected = expected(&tensor, &params);
    let (got, _) = code.quantize(tensor, params)?;
    check::equal(message, &got, &expected)
}

fn shape(draw: &mut Draw, rank: usize) -> Vec<usize> {
    let mut shape: Vec<usize> = (2..2 + rank).collect();
    draw.shuffle(&mut shape);
    shape
}

/// Parameters for a part of a tensor's range, so that some elements saturate.
fn narrow(draw: &mut Draw, tensor: &Array, granularity: Granularity) -> TensorParams {
    let mut params = params_of(tensor, any_scheme(draw), granularity);
    for channel in &mut params.channels {
        channel.scale *= draw.real(0.4, 1.0) as f32;
    }
    params
}

fn quantize_takes_tensors(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each element should have its code, in the tensor's shape and order";
    for rank in [0, 1, 2, 3, 4] {
        let shape = shape(draw, rank);
        let tensor = uneven(draw, &shape);
        let params = narrow(draw, &tensor, Granularity::PerTensor);
        agrees(message, code, tensor, params)?;
    }
    Ok(())
}

fn quantize_takes_channels_along_any_axis(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each element should be quantized with the parameters of its channel";
    for rank in [1, 2, 3, 4] {
        for axis in 0..rank {
            let shape = shape(draw, rank);
            let tensor = uneven(draw, &shape);
            let params = narrow(draw, &tensor, Granularity::PerChannel { axis });
            agrees(message, code, tensor, params)?;
        }
    }
    Ok(())
}

fn quantize_reads_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the elements of a permuted tensor do not lie row by row";
    for axes in [vec![1, 2, 0], vec![2, 1, 0], vec![0, 2, 1]] {
        let tensor = Array { axes, ..uneven(draw, &[3, 4, 5]) };
        for granularity in [Granularity::PerTensor, Granularity::PerChannel { axis: 1 }] {
            let params = narrow(draw, &tensor, granularity);
            agrees(message, code, tensor.clone(), params)?;
        }
    }
    Ok(())
}

/// Random codes with parameters of random ranges.
fn codes(draw: &mut Draw, shape: Vec<usize>, granularity: Granularity) -> Quantized {
    let tensor = uneven(draw, &shape);
    let params = params_of(&tensor, any_scheme(draw), granularity);
    let (min, max) = affine::limits(params.channels[0].scheme);
    let any_code = |_| min + draw.int(0..=(max - min) as usize) as i32;
    let codes = (0..tensor.data.0.len()).map(any_code).collect();
    Quantized { shape, codes, params }
}

fn gives_back(message: &'static str, code: &mut Client, codes: Quantized) -> CaseVerdict {
    let expected = rows(&codes.shape, numbers(&codes));
    check::equal(message, &code.dequantize(codes)?, &expected)
}

fn dequantize_gives_tensors(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each code's number should come back, in the tensor's shape and order";
    for rank in [0, 1, 2, 3, 4] {
        let shape = shape(draw, rank);
        let codes = codes(draw, shape, Granularity::PerTensor);
        gives_back(message, code, codes)?;
    }
    Ok(())
}

fn dequantize_takes_channels_along_any_axis(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each code should be multiplied by the scale of its channel";
    for rank in [1, 2, 3, 4] {
        for axis in 0..rank {
            let shape = shape(draw, rank);
            let codes = codes(draw, shape, Granularity::PerChannel { axis });
            gives_back(message, code, codes)?;
        }
    }
    Ok(())
}

fn quantized_bytes_are_counted(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`nbytes` should be one for each code, four for each scale and four for each \
                   zero point; a symmetric scheme has no zero point to store";
    for bits in [2, 5, 8] {
        for granularity in [Granularity::PerTensor, Granularity::PerChannel { axis: 1 }] {
            let schemes =
                [Scheme::Unsigned { bits }, Scheme::Signed { bits }, Scheme::Symmetric { bits }];
            for scheme in schemes {
                let shape = shape(draw, 3);
                let tensor = uneven(draw, &shape);
                let params = params_of(&tensor, scheme, granularity);
                let of_channel = if affine::is_symmetric(scheme) { 4 } else { 8 };
                let expected = tensor.data.0.len() + of_channel * params.channels.len();
                let (_, got) = code.quantize(tensor, params)?;
                check::equal(message, &got, &expected)?;
            }
        }
    }
    Ok(())
}

fn any_params(draw: &mut Draw, granularity: Granularity, channels: usize) -> TensorParams {
    let params = affine::params(-1.0, 1.0, any_scheme(draw));
    TensorParams { granularity, channels: vec![params; channels] }
}

fn quantize_refuses_empty_tensors(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a tensor without elements should be `Empty` of `quantize`";
    for shape in [vec![0], vec![draw.int(1..=5), 0], vec![0, draw.int(1..=5)]] {
        let params = any_params(draw, Granularity::PerTensor, 1);
        let named = format!("quantize: the tensor {shape:?}");
        refuses(message, code.quantize(rows(&shape, vec![]), params), "Empty", &named)?;
    }
    Ok(())
}

fn quantize_refuses_what_is_not_finite(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "NaN and infinities should be `NotFinite` of `quantize`: they have no code";
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for at in [0, draw.int(1..=10), 11] {
            let mut tensor = rows(&[3, 4], normals(draw, 12));
            tensor.data.0[at] = value;
            let params = any_params(draw, Granularity::PerChannel { axis: 1 }, 4);
            let named = format!("quantize: the tensor [3, 4] holds {value},");
            refuses(message, code.quantize(tensor, params), "NotFinite", &named)?;
        }
    }
    Ok(())
}

fn quantize_refuses_another_number_of_channels(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "parameters for another number of channels, or along an axis that the tensor \
                   does not have, should be `ShapeMismatch` of `quantize`";
    for (axis, channels) in [(0, 4), (1, 3), (1, 1), (1, 5), (2, 4), (7, 3)] {
        let tensor = rows(&[3, 4], normals(draw, 12));
        let params = any_params(draw, Granularity::PerChannel { axis }, channels);
        let named = format!("quantize: [3, 4] and [{channels}]: ");
        refuses(message, code.quantize(tensor, params), "ShapeMismatch", &named)?;
    }
    Ok(())
}

fn quantize_agrees_with_pytorch_per_channel(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    let message = "codes and numbers of channels should be those of PyTorch and ONNX Runtime";
    let table = Table::read(include_str!("../oracle/values/quantize_per_channel.csv"));
    for row in &table.rows {
        let scheme = scheme_of(row);
        let of_channel = |(scale, zero_point)| Params { scale, zero_point, scheme };
        let parts = row.list("scales").into_iter().zip(row.list("zero_points"));
        let granularity = Granularity::PerChannel { axis: row.one("axis") };
        let params = TensorParams { granularity, channels: parts.map(of_channel).collect() };
        let tensor = rows(&row.list::<usize>("shape"), row.list("x"));
        let (got, _) = code.quantize(tensor, params)?;
        check::equal(message, &got.codes, &row.list("codes"))?;
        check::equal(message, &code.dequantize(got)?.data.0, &row.list("dequantized"))?;
    }
    Ok(())
}
