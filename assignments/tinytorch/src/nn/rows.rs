//! Elements row by row, and sums over rows, fast and the same on every machine.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use std::borrow::Cow;

use crate::Tensor;

/// The elements row by row; a copy only where they do not lie that way.
pub(super) fn elements(tensor: &Tensor) -> Cow<'_, [f32]> {
    match tensor.as_slice() {
        Some(elements) => Cow::Borrowed(elements),
        None => Cow::Owned(tensor.to_vec()),
    }
}

/// So many partial sums run beside each other. The number is fixed, so that
/// vectors of any width add the same numbers in the same order.
const LANES: usize = 16;

/// The sum of `term(x, y)` over the pairs of two rows of the same length.
#[inline(always)]
pub(super) fn sum_pairs(x: &[f32], y: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    for (x, y) in x.iter().zip(y) {
        for (lane, (&x, &y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            *lane += term(x, y);
        }
    }
    for (lane, (&x, &y)) in lanes.iter_mut().zip(x_rest.iter().zip(y_rest)) {
        *lane += term(x, y);
    }
    add_lanes(lanes)
}

/// The sum of `term(x)` over a row.
#[inline(always)]
pub(super) fn sum(x: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    sum_pairs(x, x, |x, _| term(x))
}

/// Halves the number of lanes until one is left.
#[inline(always)]
fn add_lanes(mut lanes: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0]
}
