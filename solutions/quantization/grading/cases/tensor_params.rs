//! Task `params`: parameters of a tensor and of its channels.

use super::params::params_cover_a_range_with_unsigned_codes;
use super::prelude::*;
use crate::oracle::affine;
use course_oracle::values::{Row, Table};

cases! { task "params", client Client;
    /// A tensor's parameters cover its smallest and its largest element, wherever they are.
    params_of_a_tensor_cover_all_elements after [params_cover_a_range_with_unsigned_codes];
    /// Each channel along the first axis has its own parameters.
    params_per_channel_of_the_first_axis after [params_of_a_tensor_cover_all_elements];
    /// Each channel along the last axis has its own parameters.
    params_per_channel_of_the_last_axis after [params_of_a_tensor_cover_all_elements];
    /// Each channel along an axis in the middle has its own parameters.
    params_per_channel_of_a_middle_axis after [params_of_a_tensor_cover_all_elements];
    /// Tensors and channels may be views: permuted axes are not memory order.
    params_of_views after [params_per_channel_of_the_first_axis];
    /// A tensor may be a single number; a channel may hold one.
    params_of_single_numbers;
    /// A tensor without elements is refused.
    params_refuse_empty_tensors;
    /// NaN and infinities are refused, wherever they are.
    params_refuse_what_is_not_finite;
    /// A channel axis that the tensor does not have is refused.
    params_refuse_an_axis_that_does_not_exist;
    /// Channels have the parameters that `PyTorch` gives them.
    params_agree_with_pytorch after [params_per_channel_of_a_middle_axis];
}

/// The parameters of a tensor, from the smallest and the largest element of each channel.
pub fn expected(tensor: &Array, scheme: Scheme, granularity: Granularity) -> TensorParams {
    let (shape, elements) = elements(tensor);
    let count = match granularity {
        Granularity::PerTensor => 1,
        Granularity::PerChannel { axis } => shape[axis],
    };
    let of_channel = |channel: usize| {
        let numbered = elements.iter().enumerate();
        let own = numbered.filter(|(at, _)| channel_of(&shape, granularity, *at) == channel);
        let own: Vec<f32> = own.map(|(_, x)| *x).collect();
        let low = own.iter().copied().reduce(f32::min).unwrap_or(0.0);
        let high = own.iter().copied().reduce(f32::max).unwrap_or(0.0);
        affine::params(low, high, scheme)
    };
    TensorParams { granularity, channels: (0..count).map(of_channel).collect() }
}

/// The channel of the element at position `at`, by its indices along all axes.
pub fn channel_of(shape: &[usize], granularity: Granularity, at: usize) -> usize {
    let Granularity::PerChannel { axis: channel_axis } = granularity else { return 0 };
    let mut left = at;
    for (axis, size) in shape.iter().enumerate().rev() {
        if axis == channel_axis {
            return left % size;
        }
        left /= size;
    }
    0
}

/// Numbers of another magnitude in each slice along each axis, so that no two channels have the same range.
pub fn uneven(draw: &mut Draw, shape: &[usize]) -> Array {
    let sizes: Vec<Vec<f64>> = shape.iter().map(|size| draw.reals(*size, -1.0, 1.0)).collect();
    let count: usize = shape.iter().product();
    let size = |at: usize| {
        let of_axis =
            |axis: usize| sizes[axis][channel_of(shape, Granularity::PerChannel { axis }, at)];
        (0..shape.len()).map(of_axis).sum::<f64>().exp()
    };
    let data = (0..count).map(|at| (draw.normal() * size(at)) as f32).collect();
    rows(shape, data)
}

fn agrees(
    message: &'static str,
    code: &mut Client,
    tensor: Array,
    scheme: Scheme,
    granularity: Granularity,
) -> CaseVerdict {
    let expected = expected(&tensor, scheme, granularity);
    let got = code.of_tensor(tensor, scheme, granularity)?;
    check::equal(message, &got, &expected)
}

fn params_of_a_tensor_cover_all_elements(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "one set of parameters should cover all elements";
    for shape in [vec![draw.int(5..=30)], vec![3, draw.int(2..=9)], vec![2, draw.int(2..=5), 4]] {
        for _ in 0..5 {
            let tensor = uneven(draw, &shape);
            agrees(message, code, tensor, any_scheme(draw), Granularity::PerTensor)?;
        }
    }
    for at in [0, 12] {
        let mut tensor = rows(&[13], normals(draw, 13));
        tensor.data.0[at] = 50.0;
        tensor.data.0[12 - at] = -50.0;
        agrees(message, code, tensor, Scheme::Unsigned { bits: 8 }, Granularity::PerTensor)?;
    }
    Ok(())
}

/// The parameters of each channel along `axis` of tensors with `rank` axes of different sizes.
fn channels(
    message: &'static str,
    code: &mut Client,
    draw: &mut Draw,
    (axis, rank): (usize, usize),
) -> CaseVerdict {
    for _ in 0..5 {
        let mut shape: Vec<usize> = (2..2 + rank).collect();
        draw.shuffle(&mut shape);
        let tensor = uneven(draw, &shape);
        agrees(message, code, tensor, any_scheme(draw), Granularity::PerChannel { axis })?;
    }
    Ok(())
}

fn params_per_channel_of_the_first_axis(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each channel of axis 0 should be covered by its own parameters";
    for rank in [1, 2, 4] {
        channels(message, code, draw, (0, rank))?;
    }
    Ok(())
}

fn params_per_channel_of_the_last_axis(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each channel of the last axis should be covered by its own parameters: its \
                   elements do not lie side by side";
    for rank in [2, 3] {
        channels(message, code, draw, (rank - 1, rank))?;
    }
    Ok(())
}

fn params_per_channel_of_a_middle_axis(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the channels may be along any axis: those after it and those before it are of \
                   one channel";
    for (axis, rank) in [(1, 3), (1, 4), (2, 4)] {
        channels(message, code, draw, (axis, rank))?;
    }
    Ok(())
}

fn params_of_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the axes of a permuted tensor are those of the view";
    for axes in [vec![1, 2, 0], vec![2, 1, 0], vec![0, 2, 1]] {
        let tensor = Array { axes, ..uneven(draw, &[3, 4, 5]) };
        for axis in 0..3 {
            let granularity = Granularity::PerChannel { axis };
            agrees(message, code, tensor.clone(), any_scheme(draw), granularity)?;
        }
        agrees(message, code, tensor, any_scheme(draw), Granularity::PerTensor)?;
    }
    Ok(())
}

fn params_of_single_numbers(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a single number has a range, widened to hold 0";
    let x = draw.normal() as f32;
    for scheme in [any_scheme(draw), any_scheme(draw)] {
        agrees(message, code, rows(&[], vec![x]), scheme, Granularity::PerTensor)?;
        let column = rows(&[4, 1], normals(draw, 4));
        agrees(message, code, column, scheme, Granularity::PerChannel { axis: 0 })?;
        let zeros = rows(&[2, 2], vec![0.0, 0.0, x, x]);
        agrees(message, code, zeros, scheme, Granularity::PerChannel { axis: 0 })?;
    }
    Ok(())
}

fn params_refuse_empty_tensors(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a tensor without elements should be `Empty` of `TensorParams::of_tensor`";
    for shape in [vec![0], vec![draw.int(1..=5), 0], vec![0, draw.int(1..=5)]] {
        for granularity in [Granularity::PerTensor, Granularity::PerChannel { axis: 0 }] {
            let got = code.of_tensor(rows(&shape, vec![]), any_scheme(draw), granularity);
            let named = format!("TensorParams::of_tensor: the tensor {shape:?}");
            refuses(message, got, "Empty", &named)?;
        }
    }
    Ok(())
}

fn params_refuse_what_is_not_finite(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "NaN and infinities should be `NotFinite` of `TensorParams::of_tensor`, with the \
                   first such number";
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for granularity in [Granularity::PerTensor, Granularity::PerChannel { axis: 1 }] {
            let mut tensor = rows(&[3, 4], normals(draw, 12));
            tensor.data.0[draw.int(0..=11)] = value;
            let got = code.of_tensor(tensor, any_scheme(draw), granularity);
            let named = format!("TensorParams::of_tensor: the tensor [3, 4] holds {value},");
            refuses(message, got, "NotFinite", &named)?;
        }
    }
    Ok(())
}

fn params_refuse_an_axis_that_does_not_exist(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a channel axis that the tensor does not have should be `BadValue` of \
                   `TensorParams::of_tensor`";
    for shape in [vec![], vec![3], vec![2, 3]] {
        let rank = shape.len();
        for axis in [rank, rank + draw.int(1..=9), usize::MAX] {
            let tensor = rows(&shape, normals(draw, shape.iter().product()));
            let got = code.of_tensor(tensor, any_scheme(draw), Granularity::PerChannel { axis });
            refuses(message, got, "BadValue", "TensorParams::of_tensor: ")?;
        }
    }
    Ok(())
}

/// The scheme of a table's row.
pub fn scheme_of(row: &Row) -> Scheme {
    match row.text("scheme") {
        "unsigned" => Scheme::Unsigned { bits: 8 },
        "signed" => Scheme::Signed { bits: 8 },
        _ => Scheme::Symmetric { bits: 8 },
    }
}

/// Passes when the parameters are those of a table's row, up to the last bit of a scale: `PyTorch` computes in f32.
fn agrees_with_row(message: &'static str, got: &[Params], row: &Row) -> CaseVerdict {
    let scales: Vec<f64> = got.iter().map(|params| params.scale.into()).collect();
    check::all_close(message, &scales, &row.list("scales"), 2e-7, 0.0)?;
    let zero_points: Vec<i32> = got.iter().map(|params| params.zero_point).collect();
    check::equal(message, &zero_points, &row.list("zero_points"))
}

fn params_agree_with_pytorch(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    let message = "each channel should have the parameters that PyTorch's observer gives it";
    let table = Table::read(include_str!("../oracle/values/channels.csv"));
    for row in &table.rows {
        let tensor = rows(&row.list::<usize>("shape"), row.list("x"));
        let granularity = Granularity::PerChannel { axis: row.one("axis") };
        let got = code.of_tensor(tensor, scheme_of(row), granularity)?;
        agrees_with_row(message, &got.channels, row)?;
    }
    Ok(())
}
