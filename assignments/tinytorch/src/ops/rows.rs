//! Kernels for one row of elements that lie side by side, and how a loop over
//! them gets the widest vector instructions of the machine.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use std::borrow::Cow;

use pulp::{Arch, NullaryFnOnce};

use super::math::{exp, ln};
use super::reduce::larger;
use crate::Tensor;

/// So many partial results run beside each other. The number is fixed, so that
/// vectors of any width combine the same numbers in the same order.
const LANES: usize = 16;

/// Runs a kernel, compiled for the instructions of this machine. Its `call` and
/// whatever that calls must be `#[inline(always)]`: what is not inlined keeps
/// the instructions every machine has.
#[inline]
pub(crate) fn dispatch<K: NullaryFnOnce>(kernel: K) -> K::Output {
    Arch::new().dispatch(kernel)
}

/// The elements row by row; a copy only where they do not lie that way.
pub(crate) fn elements(tensor: &Tensor) -> Cow<'_, [f32]> {
    tensor.as_slice().map_or_else(|| Cow::Owned(tensor.to_vec()), Cow::Borrowed)
}

/// `term(x, y)` of each pair, combined with `join`, which starts from `start`
/// in each lane.
#[inline(always)]
fn fold_pairs(
    x: &[f32],
    y: &[f32],
    start: f32,
    term: impl Fn(f32, f32) -> f32,
    join: impl Fn(f32, f32) -> f32,
) -> f32 {
    let mut lanes = [start; LANES];
    let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    for (x, y) in x.iter().zip(y) {
        for (lane, (&x, &y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            *lane = join(*lane, term(x, y));
        }
    }
    for (lane, (&x, &y)) in lanes.iter_mut().zip(x_rest.iter().zip(y_rest)) {
        *lane = join(*lane, term(x, y));
    }
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] = join(lanes[i], lanes[i + width]);
        }
        width /= 2;
    }
    lanes[0]
}

/// The sum of `term(x, y)` over the pairs of two rows of the same length.
#[inline(always)]
pub(crate) fn sum_pairs(x: &[f32], y: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    fold_pairs(x, y, 0.0, term, |a, b| a + b)
}

/// The sum of `term(x)` over a row.
#[inline(always)]
pub(crate) fn sum(x: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    sum_pairs(x, x, |x, _| term(x))
}

/// The largest `scale * x`: minus infinity if there is none, NaN if one is NaN.
#[inline(always)]
pub(crate) fn max(x: &[f32], scale: f32) -> f32 {
    fold_pairs(x, x, f32::NEG_INFINITY, |x, _| x * scale, larger)
}

/// The softmax of `scale * x`.
#[inline(always)]
pub(crate) fn softmax(x: &[f32], scale: f32, out: &mut [f32]) {
    let top = max(x, scale);
    for (out, &x) in out.iter_mut().zip(x) {
        *out = exp(x * scale - top);
    }
    let factor = 1.0 / sum(out, |e| e);
    for out in out {
        *out *= factor;
    }
}

/// From the gradient `g` of a [`softmax`] `y` to that of its input:
/// `scale * y * (g - sum(g y))`.
#[inline(always)]
pub(crate) fn softmax_gradient(y: &[f32], g: &[f32], scale: f32, out: &mut [f32]) {
    let mean = sum_pairs(y, g, |y, g| y * g);
    for (out, (&y, &g)) in out.iter_mut().zip(y.iter().zip(g)) {
        *out = scale * y * (g - mean);
    }
}

/// `top = max(x)` and `ln(sum(exp(x - top)))`: together ln(sum(exp(x))), without
/// overflow.
#[inline(always)]
pub(crate) fn log_sum_exp(x: &[f32]) -> (f32, f32) {
    let top = max(x, 1.0);
    (top, ln(sum(x, |x| exp(x - top))))
}
