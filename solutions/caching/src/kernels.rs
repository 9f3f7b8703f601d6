//! An optional place for your own kernels: products of a few rows with a matrix, scores, weighted sums.
//! Correct results do not need them, and [`Linear::forward`](tinytorch::nn::Linear) is fast for many rows.
//! For a single row, the most common case here, a loop that reads each weight once is several times as
//! fast.

// BEGIN SOLUTION: -
use tinytorch::nn::Linear;
use tinytorch::simd::{Arch, Simd, WithSimd};
use tinytorch::{Layer, Tensor};

use crate::attention::Queries;
use crate::cache::elements;
use crate::{KvView, Result};

/// The number of rows from which packing the weights for a matrix product pays off.
const MANY_ROWS: usize = 8;
/// Rows of a weight that are added in one pass over the output.
const TOGETHER: usize = 4;

/// `x W + b`. A few rows are multiplied without packing, so that each weight is read only once.
pub(crate) fn linear(layer: &Linear, input: &Tensor) -> Result<Tensor> {
    let features = layer.in_features();
    let width = layer.out_features();
    let rows = input.len() / features.max(1);
    let fits = rows < MANY_ROWS && input.shape().last() == Some(&features) && width > 0;
    let (true, Some(weight)) = (fits, layer.weight().as_slice()) else {
        return Ok(layer.forward(input)?);
    };
    let mut output = vec![0.0; rows * width];
    if let Some(bias) = layer.bias() {
        let bias = elements(bias);
        output.chunks_exact_mut(width).for_each(|row| row.copy_from_slice(&bias));
    }
    let input_rows = elements(input);
    Arch::new().dispatch(AddRows { input: &input_rows, weight, width, output: &mut output });
    let leading = &input.shape()[..input.ndim() - 1];
    Ok(Tensor::from_vec(output, &[leading, &[width]].concat())?)
}

/// `output += input weight`, with all of them stored row by row.
struct AddRows<'a> {
    input: &'a [f32],
    weight: &'a [f32],
    /// The number of columns of weight and output.
    width: usize,
    output: &'a mut [f32],
}

impl WithSimd for AddRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { input, weight, width, output } = self;
        let features = weight.len() / width;
        let (groups, single) = weight.as_chunks_of(TOGETHER * width);
        for (x, y) in input.chunks_exact(features).zip(output.chunks_exact_mut(width)) {
            let (xs, x_rest) = x.as_chunks::<TOGETHER>();
            for (x, group) in xs.iter().zip(groups.chunks_exact(TOGETHER * width)) {
                add_group(simd, *x, group, y);
            }
            for (x, row) in x_rest.iter().zip(single.chunks_exact(width)) {
                add_scaled(simd, *x, row, y);
            }
        }
    }
}

/// Splits a slice at the last multiple of a length.
trait Cut {
    fn as_chunks_of(&self, length: usize) -> (&[f32], &[f32]);
}

impl Cut for [f32] {
    #[inline(always)]
    fn as_chunks_of(&self, length: usize) -> (&[f32], &[f32]) {
        self.split_at(self.len() / length * length)
    }
}

/// `y += x[0] row[0] + x[1] row[1] + ...` for consecutive rows.
#[inline(always)]
fn add_group<S: Simd>(simd: S, x: [f32; TOGETHER], rows: &[f32], y: &mut [f32]) {
    let width = y.len();
    let row = |at: usize| S::as_simd_f32s(&rows[at * width..(at + 1) * width]);
    let [(a, a_rest), (b, b_rest), (c, c_rest), (d, d_rest)] = [row(0), row(1), row(2), row(3)];
    let (sums, sums_rest) = S::as_mut_simd_f32s(y);
    let s = x.map(|x| simd.splat_f32s(x));
    for ((((sum, a), b), c), d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        let first = simd.mul_add_e_f32s(s[1], *b, simd.mul_add_e_f32s(s[0], *a, *sum));
        *sum = simd.mul_add_e_f32s(s[3], *d, simd.mul_add_e_f32s(s[2], *c, first));
    }
    let rest = a_rest.iter().zip(b_rest).zip(c_rest).zip(d_rest);
    for (sum, (((a, b), c), d)) in sums_rest.iter_mut().zip(rest) {
        *sum += x[0] * a + x[1] * b + x[2] * c + x[3] * d;
    }
}

/// `y += x row`.
#[inline(always)]
fn add_scaled<S: Simd>(simd: S, x: f32, row: &[f32], y: &mut [f32]) {
    let (row, row_rest) = S::as_simd_f32s(row);
    let (y, y_rest) = S::as_mut_simd_f32s(y);
    let scale = simd.splat_f32s(x);
    for (y, row) in y.iter_mut().zip(row) {
        *y = simd.mul_add_e_f32s(scale, *row, *y);
    }
    for (y, row) in y_rest.iter_mut().zip(row_rest) {
        *y += x * row;
    }
}

/// The products of each query with all keys of its sequence and head, divided by `sqrt(Dh)`: one row per
/// sequence and head.
pub(crate) fn scores(view: &KvView<'_>, queries: Queries<'_>) -> Vec<f32> {
    let mut scores = vec![0.0; queries.batch * queries.n_heads * view.len()];
    Arch::new().dispatch(Scores { view, queries, rows: &mut scores });
    scores
}

struct Scores<'a> {
    view: &'a KvView<'a>,
    queries: Queries<'a>,
    /// One row per sequence and head.
    rows: &'a mut [f32],
}

impl WithSimd for Scores<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Queries { rows, n_heads, order, .. } = self.queries;
        let width = self.view.head_dim();
        let scale = 1.0 / (width as f32).sqrt();
        for (pair, scores) in self.rows.chunks_exact_mut(self.view.len().max(1)).enumerate() {
            let b = pair / n_heads;
            let h = pair % n_heads;
            let query = &rows[order(b, h) * width..][..width];
            let [older, newer] = self.view.keys(b, h);
            let keys = older.chunks_exact(width).chain(newer.chunks_exact(width));
            for (score, key) in scores.iter_mut().zip(keys) {
                *score = dot(simd, query, key) * scale;
            }
        }
    }
}

#[inline(always)]
fn dot<S: Simd>(simd: S, x: &[f32], y: &[f32]) -> f32 {
    let (xs, x_rest) = S::as_simd_f32s(x);
    let (ys, y_rest) = S::as_simd_f32s(y);
    let mut sum = simd.splat_f32s(0.0);
    for (x, y) in xs.iter().zip(ys) {
        sum = simd.mul_add_e_f32s(*x, *y, sum);
    }
    let rest: f32 = x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum();
    simd.reduce_sum_f32s(sum) + rest
}

/// Writes the weighted sum of all values of each sequence and head to the position of its query.
pub(crate) fn mix(view: &KvView<'_>, queries: Queries<'_>, weights: &[f32], output: &mut [f32]) {
    Arch::new().dispatch(Mix { view, queries, weights, output });
}

struct Mix<'a> {
    view: &'a KvView<'a>,
    queries: Queries<'a>,
    weights: &'a [f32],
    output: &'a mut [f32],
}

impl WithSimd for Mix<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Queries { n_heads, order, .. } = self.queries;
        let width = self.view.head_dim();
        for (pair, weights) in self.weights.chunks_exact(self.view.len().max(1)).enumerate() {
            let b = pair / n_heads;
            let h = pair % n_heads;
            let out = &mut self.output[order(b, h) * width..][..width];
            out.fill(0.0);
            let [older, newer] = self.view.values(b, h);
            let (first, second) = weights.split_at(older.len() / width);
            add_weighted(simd, first, older, out);
            add_weighted(simd, second, newer, out);
        }
    }
}

/// `out += sum of weights[s] rows[s]`. The sums stay in registers if a row is a whole number of registers.
#[inline(always)]
fn add_weighted<S: Simd>(simd: S, weights: &[f32], rows: &[f32], out: &mut [f32]) {
    let width = out.len();
    let (out_registers, rest) = S::as_mut_simd_f32s(out);
    if !rest.is_empty() {
        for (weight, row) in weights.iter().zip(rows.chunks_exact(width)) {
            add_scaled(simd, *weight, row, out);
        }
        return;
    }
    let (rows, _) = S::as_simd_f32s(rows);
    let each = out_registers.len();
    for (column, out) in out_registers.iter_mut().enumerate() {
        // Four parallel sums: an addition takes as long as starting four.
        let mut sums = [*out, simd.splat_f32s(0.0), simd.splat_f32s(0.0), simd.splat_f32s(0.0)];
        let (fours, last) = weights.as_chunks::<4>();
        let (groups, tail) = rows.split_at(4 * each * fours.len());
        for (weights, group) in fours.iter().zip(groups.chunks_exact(4 * each)) {
            for (lane, sum) in sums.iter_mut().enumerate() {
                let weight = simd.splat_f32s(weights[lane]);
                *sum = simd.mul_add_e_f32s(weight, group[lane * each + column], *sum);
            }
        }
        for (weight, row) in last.iter().zip(tail.chunks_exact(each)) {
            sums[0] = simd.mul_add_e_f32s(simd.splat_f32s(*weight), row[column], sums[0]);
        }
        *out = simd.add_f32s(simd.add_f32s(sums[0], sums[1]), simd.add_f32s(sums[2], sums[3]));
    }
}
// END SOLUTION
