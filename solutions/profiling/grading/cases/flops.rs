//! Task `flops`, first part: single layers, against a counting execution.

use super::prelude::*;
use crate::oracle::counting::{self, Conv};
use contract::Layer;

cases! { task "flops", client Client;
    /// A linear layer costs two operations for each weight and row.
    linear_counts_two_for_each_multiply_accumulate;
    /// A linear layer's bias costs one operation for each output.
    linear_bias_counts_once_for_each_output;
    /// A linear layer takes any leading dimensions, or none.
    linear_takes_any_leading_dimensions after [linear_counts_two_for_each_multiply_accumulate];
    /// A linear layer on an empty batch costs nothing.
    linear_on_an_empty_batch_costs_nothing;
    /// A linear layer on an input of the wrong width, or of no dimension, is an error.
    linear_rejects_a_wrong_width;
    /// A convolution costs a product of kernel and window at each position of its output.
    conv_counts_every_output_position;
    /// Padding makes a convolution's output larger, down and across.
    conv_padding_adds_positions after [conv_counts_every_output_position];
    /// Stride makes a convolution's output smaller, down and across.
    conv_stride_skips_positions after [conv_counts_every_output_position];
    /// A convolution's bias costs one operation for each output.
    conv_bias_counts_once_for_each_output after [conv_counts_every_output_position];
    /// With kernel, stride, padding and bias at once a convolution costs what executing it does.
    conv_costs_what_executing_it_does after [conv_padding_adds_positions,
        conv_stride_skips_positions, conv_bias_counts_once_for_each_output];
    /// A convolution whose kernel does not fit into the padded input is an error.
    conv_rejects_a_kernel_that_does_not_fit after [conv_padding_adds_positions];
    /// A convolution with a stride or a kernel of zero is an error.
    conv_rejects_zero_stride_and_zero_kernel;
    /// A convolution on other channels or other dimensions than it expects is an error.
    conv_rejects_a_wrong_input;
    /// Attention's four projections run for every token, with a bias each.
    attention_projects_every_token;
    /// Attention's scores and weighted sums grow with the square of the sequence.
    attention_scores_grow_with_the_square;
    /// Attention costs what executing it does, over any number of heads.
    attention_costs_what_executing_it_does
        after [attention_projects_every_token, attention_scores_grow_with_the_square];
    /// Attention with another width, or with heads that do not divide it, is an error.
    attention_rejects_what_cannot_be_split;
}

pub fn linear_counts_two_for_each_multiply_accumulate(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    let (rows, inner, columns) = (draw.int(1..=9), draw.int(2..=40), draw.int(2..=40));
    let got = code.flops_linear(vec![rows, inner], inner, columns, false)?;
    let executed = counting::linear(rows, inner, columns, false);
    let message = "`linear` without bias should be 2 * rows * in_features * out_features";
    let half = "`linear` counts a multiply-accumulate as one operation; it is two";
    diagnosed(check::equal(message, &got, &executed.flops()), &[(got == executed.macs, half)])
}

pub fn linear_bias_counts_once_for_each_output(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (rows, inner, columns) = (draw.int(2..=9), draw.int(2..=40), draw.int(2..=40));
    let with = code.flops_linear(vec![rows, inner], inner, columns, true)?;
    let without = code.flops_linear(vec![rows, inner], inner, columns, false)?;
    let message = "`linear`: a bias should add one operation for each output element";
    let expected = Some(counting::linear(rows, inner, columns, true).adds);
    check::equal(message, &with.checked_sub(without), &expected)
}

fn linear_takes_any_leading_dimensions(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (a, b, c) = (draw.int(2..=5), draw.int(2..=5), draw.int(2..=5));
    let (inner, columns) = (draw.int(2..=9), draw.int(2..=9));
    for leading in [vec![], vec![a], vec![a, b], vec![a, b, c]] {
        let rows = leading.iter().product();
        let expected = counting::linear(rows, inner, columns, false).flops();
        let got = code.flops_linear([&*leading, &[inner]].concat(), inner, columns, false)?;
        let message = "`linear` should count every row, whatever the dimensions before the last";
        check::equal(message, &got, &expected)?;
    }
    Ok(())
}

fn linear_on_an_empty_batch_costs_nothing(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inner, columns) = (draw.int(2..=9), draw.int(2..=9));
    for input in [vec![0, inner], vec![draw.int(1..=4), 0, inner]] {
        let got = code.flops_linear(input, inner, columns, true)?;
        check::equal("`linear` on an empty batch should cost 0", &got, &0)?;
    }
    Ok(())
}

fn linear_rejects_a_wrong_width(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let inner = draw.int(2..=9);
    for input in [vec![], vec![4, inner + 1], vec![inner, inner - 1]] {
        let result = code.flops_linear(input, inner, 3, true);
        let message = "`linear` should return `Shape` unless the last dimension is in_features";
        check::returns_error(message, result, "Shape")?;
    }
    Ok(())
}

/// A small convolution: square, stride 1, no padding, no bias.
fn plain(draw: &mut Draw) -> Conv {
    let kernel = draw.int(2..=3);
    Conv {
        n: draw.int(1..=2),
        in_channels: draw.int(1..=4),
        h: draw.int(6..=10),
        w: draw.int(6..=10),
        out_channels: draw.int(1..=4),
        kernel: (kernel, kernel),
        stride: (1, 1),
        padding: (0, 0),
        bias: false,
    }
}

/// The student's FLOPs for `conv` on its own input.
fn flops(code: &mut Client, conv: Conv) -> Result<u64, grader_judge::CallFailure> {
    let Conv { n, in_channels, h, w, out_channels, kernel, stride, padding, bias } = conv;
    let layer = Layer::Conv2d { in_channels, out_channels, kernel, stride, padding, bias };
    code.flops_conv2d(vec![n, in_channels, h, w], layer)
}

pub fn conv_counts_every_output_position(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let conv = plain(draw);
    let (got, executed) = (flops(code, conv)?, conv.execute());
    let at_inputs = conv.n * conv.h * conv.w * conv.out_channels * conv.in_channels;
    let at_inputs = (2 * at_inputs * conv.kernel.0 * conv.kernel.1) as u64;
    let message = "`conv2d` should multiply the kernel with a window at every output position";
    let half = "`conv2d` counts a multiply-accumulate as one operation; it is two";
    let inputs = "`conv2d` counts the positions of the input; it should count those of the output";
    let mistakes = [(got == executed.macs, half), (got == at_inputs, inputs)];
    diagnosed(check::equal(message, &got, &executed.flops()), &mistakes)
}

fn conv_padding_adds_positions(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let conv = Conv { padding: (draw.int(1..=2), draw.int(3..=4)), ..plain(draw) };
    let message = "`conv2d`: padding adds its zeros on both sides, rows and columns apart, and \
                   windows over them count in full";
    check::equal(message, &flops(code, conv)?, &conv.execute().flops())
}

fn conv_stride_skips_positions(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let conv = Conv { stride: (draw.int(2..=3), 4), ..plain(draw) };
    let message = "`conv2d`: the output has (size - kernel) / stride + 1 positions, rounded down, \
                   rows and columns apart";
    check::equal(message, &flops(code, conv)?, &conv.execute().flops())
}

pub fn conv_bias_counts_once_for_each_output(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let conv = Conv { bias: true, ..plain(draw) };
    let (with, without) = (flops(code, conv)?, flops(code, Conv { bias: false, ..conv })?);
    let message = "`conv2d`: a bias should add one operation for each output element";
    check::equal(message, &with.checked_sub(without), &Some(conv.execute().adds))
}

fn conv_costs_what_executing_it_does(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..6 {
        let conv = Conv {
            kernel: (draw.int(1..=4), draw.int(1..=4)),
            stride: (draw.int(1..=3), draw.int(1..=3)),
            padding: (draw.int(0..=2), draw.int(0..=2)),
            bias: *draw.pick(&[true, false]),
            n: draw.int(0..=2),
            ..plain(draw)
        };
        let message = "`conv2d` should count what executing the convolution takes";
        check::equal(message, &flops(code, conv)?, &conv.execute().flops())?;
    }
    Ok(())
}

fn conv_rejects_a_kernel_that_does_not_fit(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let conv = plain(draw);
    for kernel in [(conv.h + 3, 1), (1, conv.w + 3)] {
        let result = flops(code, Conv { kernel, padding: (1, 1), ..conv });
        let message = "`conv2d` should return `Shape` when the kernel exceeds the padded input";
        check::returns_error(message, result, "Shape")?;
    }
    // Exactly as large as the padded input, so there is one position.
    let conv = Conv { kernel: (conv.h + 2, conv.w + 2), padding: (1, 1), ..conv };
    let message = "`conv2d`: a kernel exactly as large as the padded input has one position";
    check::that(flops(code, conv)? > 0, message, || format!("{conv:?}"))
}

fn conv_rejects_zero_stride_and_zero_kernel(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let conv = plain(draw);
    let (size, zeros) = (draw.int(1..=2), [(0, 1), (1, 0)]);
    let message = "`conv2d` should return `Shape` for a stride or a kernel of 0";
    for (down, right) in zeros.map(|(a, b)| (a * size, b * size)) {
        let result = flops(code, Conv { stride: (down, right), ..conv });
        check::returns_error(message, result, "Shape")?;
        let result = flops(code, Conv { kernel: (down, right), ..conv });
        check::returns_error(message, result, "Shape")?;
    }
    Ok(())
}

fn conv_rejects_a_wrong_input(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (channels, one) = (draw.int(2..=4), (1, 1));
    let layer = Layer::Conv2d {
        in_channels: channels,
        out_channels: 2,
        kernel: one,
        stride: one,
        padding: (0, 0),
        bias: true,
    };
    for input in [vec![2, channels + 1, 8, 8], vec![channels, 8, 8], vec![], vec![1; 5]] {
        let message = "`conv2d` should return `Shape` unless the input is [N, in_channels, H, W]";
        check::returns_error(message, code.flops_conv2d(input, layer), "Shape")?;
    }
    Ok(())
}

/// Batch, width and heads of a small attention, and its FLOPs at one, two and three times a
/// sequence length. These separate the parts of the count: projections are linear in the length,
/// scores quadratic, mistakes often constant.
fn attention(code: &mut Client, draw: &mut Draw) -> Result<Lengths, grader_judge::CallFailure> {
    let (b, t, heads) = (draw.int(2..=3), draw.int(2..=6), draw.int(1..=4));
    let d = heads * draw.int(2..=6);
    let mut at = |times: usize| {
        let flops = code.flops_attention(vec![b, times * t, d], d, heads)?;
        Ok(i128::from(flops))
    };
    Ok(Lengths { b, t, d, flops: [at(1)?, at(2)?, at(3)?] })
}

#[derive(Debug)]
struct Lengths {
    b: usize,
    t: usize,
    d: usize,
    flops: [i128; 3],
}

impl Lengths {
    /// The quadratic part of the count at the first length: half the second difference.
    const fn quadratic(&self) -> i128 {
        let second_difference = self.flops[2] - 2 * self.flops[1] + self.flops[0];
        second_difference / 2
    }
}

fn attention_projects_every_token(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let at = attention(code, draw)?;
    let got = at.flops[0] - at.quadratic();
    let projection = |rows, bias| 4 * i128::from(counting::linear(rows, at.d, at.d, bias).flops());
    let rows = at.b * at.t;
    let message = "`attention` should count four projections [d_model, d_model] with bias";
    let constant = "`attention`: each of the four projections runs once for every token of every \
                    sequence; yours do not grow with the sequence length";
    let no_bias = "`attention`: the four projections have a bias each";
    let mistakes =
        [(got == projection(at.b, true), constant), (got == projection(rows, false), no_bias)];
    diagnosed(check::equal(message, &got, &projection(rows, true)), &mistakes)
}

fn attention_scores_grow_with_the_square(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let at = attention(code, draw)?;
    let got = at.quadratic();
    let expected = (4 * at.b * at.t * at.t * at.d) as i128;
    let message = "`attention`: the scores and the weighted sum are two products of T * T * d_model \
                   multiply-accumulates for each sequence";
    let missing = "`attention` leaves out the scores and the weighted sum, which grow with T * T";
    let part = "`attention` counts half of the scores and the weighted sum, or one of the two; \
                there is no discount for a causal mask";
    let mistakes = [(got == 0, missing), (2 * got == expected, part)];
    diagnosed(check::equal(message, &got, &expected), &mistakes)
}

pub fn attention_costs_what_executing_it_does(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (b, t, d) = (draw.int(1..=3), draw.int(1..=9), 12);
    for heads in [1, 2, 3, 12] {
        let got = code.flops_attention(vec![b, t, d], d, heads)?;
        let message = "`attention` should count what executing it takes, whatever the heads";
        check::equal(message, &got, &counting::attention(b, t, d, heads).flops())?;
    }
    Ok(())
}

fn attention_rejects_what_cannot_be_split(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let t = draw.int(2..=9);
    let wrong = [(vec![1, t, 12], 8, 2), (vec![1, t, 12], 12, 5), (vec![1, t, 12], 12, 0)];
    for (input, d_model, heads) in wrong.into_iter().chain([(vec![t, 12], 12, 3), (vec![], 12, 3)])
    {
        let message = "`attention` should return `Shape` unless the input is [B, T, d_model] and \
                       the heads divide d_model";
        check::returns_error(message, code.flops_attention(input, d_model, heads), "Shape")?;
    }
    Ok(())
}
