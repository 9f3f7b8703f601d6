//! Max pooling of planes, and its gradient.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use pulp::NullaryFnOnce;

use super::window::Window;
use crate::ops::rows::dispatch;
use crate::ops::{exceeds, larger};

/// Height and width of planes, and the windows over them (without padding).
#[derive(Clone, Copy, Debug)]
pub(super) struct PlaneShape {
    pub(super) window: Window,
    pub(super) input: (usize, usize),
    pub(super) output: (usize, usize),
}

impl PlaneShape {
    /// Adjacent windows of 2x2: by far the most common case.
    fn halves(&self) -> bool {
        self.window.kernel == (2, 2) && self.window.stride == (2, 2)
    }

    /// The indices of the plane under window `(oy, ox)`, row by row.
    fn under(&self, oy: usize, ox: usize) -> impl Iterator<Item = usize> {
        let (kh, kw) = self.window.kernel;
        let (sh, sw) = self.window.stride;
        let width = self.input.1;
        (oy * sh..oy * sh + kh)
            .flat_map(move |y| (ox * sw..ox * sw + kw).map(move |x| y * width + x))
    }
}

/// The maxima of all planes, one plane after another.
pub(super) fn forward(planes: PlaneShape, input: &[f32], output: &mut [f32]) {
    let (height, width) = planes.input;
    if output.is_empty() {
        return;
    }
    if planes.halves() {
        return dispatch(PoolForward { planes, input, output });
    }
    let inputs = input.chunks_exact(height * width);
    let (oh, ow) = planes.output;
    for (plane, maxima) in inputs.zip(output.chunks_exact_mut(oh * ow)) {
        for (at, max) in maxima.iter_mut().enumerate() {
            let values = planes.under(at / ow, at % ow).map(|i| plane[i]);
            *max = values.fold(f32::NEG_INFINITY, larger);
        }
    }
}

/// Adds the gradient of each window to its first largest element.
pub(super) fn backward(planes: PlaneShape, input: &[f32], grad: &[f32], share: &mut [f32]) {
    let (height, width) = planes.input;
    if grad.is_empty() {
        return;
    }
    if planes.halves() {
        return dispatch(PoolBackward { planes, input, grad, share });
    }
    let (oh, ow) = planes.output;
    let planes_of = input.chunks_exact(height * width).zip(share.chunks_exact_mut(height * width));
    for ((plane, share), grad) in planes_of.zip(grad.chunks_exact(oh * ow)) {
        for (at, &g) in grad.iter().enumerate() {
            let mut under = planes.under(at / ow, at % ow);
            let first = under.next().unwrap_or(0);
            let largest =
                under.fold(first, |best, i| if exceeds(plane[i], plane[best]) { i } else { best });
            share[largest] += g;
        }
    }
}

struct PoolForward<'a> {
    planes: PlaneShape,
    input: &'a [f32],
    output: &'a mut [f32],
}

impl NullaryFnOnce for PoolForward<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let (height, width) = self.planes.input;
        let (oh, ow) = self.planes.output;
        let planes = self.input.chunks_exact(height * width);
        for (plane, maxima) in planes.zip(self.output.chunks_exact_mut(oh * ow)) {
            for (lines, maxima) in plane.chunks_exact(2 * width).zip(maxima.chunks_exact_mut(ow)) {
                let (top, bottom) = lines.split_at(width);
                let pairs = top.as_chunks::<2>().0.iter().zip(bottom.as_chunks::<2>().0);
                for (max, (t, b)) in maxima.iter_mut().zip(pairs) {
                    *max = larger(larger(t[0], t[1]), larger(b[0], b[1]));
                }
            }
        }
    }
}

struct PoolBackward<'a> {
    planes: PlaneShape,
    input: &'a [f32],
    grad: &'a [f32],
    share: &'a mut [f32],
}

impl NullaryFnOnce for PoolBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let (height, width) = self.planes.input;
        let (oh, ow) = self.planes.output;
        let planes = self.input.chunks_exact(height * width);
        let shares = self.share.chunks_exact_mut(height * width);
        for ((plane, share), grad) in planes.zip(shares).zip(self.grad.chunks_exact(oh * ow)) {
            let lines = plane.chunks_exact(2 * width).zip(share.chunks_exact_mut(2 * width));
            for ((lines, share), grad) in lines.zip(grad.chunks_exact(ow)) {
                unhalve_line(lines, share, grad);
            }
        }
    }
}

/// One line of windows, which covers two lines of pixels.
#[inline(always)]
fn unhalve_line(lines: &[f32], share: &mut [f32], grad: &[f32]) {
    let width = lines.len() / 2;
    let (top, bottom) = lines.split_at(width);
    let (share_top, share_bottom) = share.split_at_mut(width);
    let pixels = top.as_chunks::<2>().0.iter().zip(bottom.as_chunks::<2>().0);
    let shares =
        share_top.as_chunks_mut::<2>().0.iter_mut().zip(share_bottom.as_chunks_mut::<2>().0);
    for ((&g, (t, b)), (share_t, share_b)) in grad.iter().zip(pixels).zip(shares) {
        // Selections instead of branches: the position of the maximum cannot be
        // predicted.
        let right = exceeds(t[1], t[0]);
        let right_below = exceeds(b[1], b[0]);
        let best_top = if right { t[1] } else { t[0] };
        let best_below = if right_below { b[1] } else { b[0] };
        let below = exceeds(best_below, best_top);
        let (to_top, to_below) = if below { (0.0, g) } else { (g, 0.0) };
        *share_t = if right { [0.0, to_top] } else { [to_top, 0.0] };
        *share_b = if right_below { [0.0, to_below] } else { [to_below, 0.0] };
    }
}
