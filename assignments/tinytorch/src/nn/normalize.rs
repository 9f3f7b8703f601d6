//! Layer normalization of rows, and its gradient. Each row stays in the cache
//! from the first sum to the last write.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use pulp::NullaryFnOnce;

use crate::ops::rows::{dispatch, sum, sum_pairs};

/// The parameters of the normalization, without the bias.
#[derive(Clone, Copy)]
pub(super) struct NormParameters<'a> {
    /// One number for each column.
    pub(super) weight: &'a [f32],
    /// Added to the variance.
    pub(super) eps: f32,
}

/// Computes `(x - mean) / sqrt(variance + eps) * weight + bias` for each row of
/// `input`.
pub(super) fn forward(input: &[f32], norm: NormParameters<'_>, bias: &[f32], output: &mut [f32]) {
    dispatch(NormForward { input, norm, bias, output });
}

/// Returns the gradients of weight and bias; writes that of the input to
/// `input_grad`.
pub(super) fn backward(
    input: &[f32],
    norm: NormParameters<'_>,
    grad: &[f32],
    input_grad: &mut [f32],
) -> (Vec<f32>, Vec<f32>) {
    dispatch(NormBackward { input, norm, grad, input_grad })
}

/// A row's mean, and 1 / its standard deviation. The mean is subtracted before
/// squaring, so a large mean costs no precision.
#[inline(always)]
fn statistics(row: &[f32], eps: f32) -> (f32, f32) {
    let count = row.len() as f32;
    let mean = sum(row, |x| x) / count;
    let variance = sum(row, |x| (x - mean) * (x - mean)) / count;
    (mean, 1.0 / (variance + eps).sqrt())
}

struct NormForward<'a> {
    input: &'a [f32],
    norm: NormParameters<'a>,
    bias: &'a [f32],
    output: &'a mut [f32],
}

impl NullaryFnOnce for NormForward<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let NormParameters { weight, eps } = self.norm;
        let rows = self.input.chunks_exact(weight.len());
        for (x, y) in rows.zip(self.output.chunks_exact_mut(weight.len())) {
            let (mean, scale) = statistics(x, eps);
            let parameters = weight.iter().zip(self.bias);
            for ((y, &x), (&weight, &bias)) in y.iter_mut().zip(x).zip(parameters) {
                *y = (x - mean) * scale * weight + bias;
            }
        }
    }
}

struct NormBackward<'a> {
    input: &'a [f32],
    norm: NormParameters<'a>,
    grad: &'a [f32],
    input_grad: &'a mut [f32],
}

impl NullaryFnOnce for NormBackward<'_> {
    type Output = (Vec<f32>, Vec<f32>);

    /// With `n = (x - mean) * scale` and `h = g * weight`: the input's gradient is
    /// `scale * (h - mean(h) - n * mean(h n))`.
    #[inline(always)]
    fn call(self) -> Self::Output {
        let NormParameters { weight, eps } = self.norm;
        let dim = weight.len();
        let count = weight.len() as f32;
        let mut of_weight = vec![0.0; dim];
        let mut of_bias = vec![0.0; dim];
        // `n` of the current row.
        let mut normalized = vec![0.0; dim];
        let rows = self.input.chunks_exact(dim).zip(self.grad.chunks_exact(dim));
        for ((x, g), out) in rows.zip(self.input_grad.chunks_exact_mut(dim)) {
            let (mean, scale) = statistics(x, eps);
            for (n, &x) in normalized.iter_mut().zip(x) {
                *n = (x - mean) * scale;
            }
            for ((h, &g), &weight) in out.iter_mut().zip(g).zip(weight) {
                *h = g * weight;
            }
            let mean_h = sum(out, |h| h) / count;
            let mean_hn = sum_pairs(out, &normalized, |h, n| h * n) / count;
            for (h, &n) in out.iter_mut().zip(&normalized) {
                *h = scale * (*h - mean_h - n * mean_hn);
            }
            for ((w, &g), &n) in of_weight.iter_mut().zip(g).zip(&normalized) {
                *w += g * n;
            }
            for (b, &g) in of_bias.iter_mut().zip(g) {
                *b += g;
            }
        }
        (of_weight, of_bias)
    }
}
