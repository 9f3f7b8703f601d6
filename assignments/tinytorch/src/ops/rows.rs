//! Kernels for one contiguous row of elements, and how a loop over them uses the
//! widest vector instructions of the machine.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use std::borrow::Cow;

use pulp::{Arch, NullaryFnOnce};

use super::math::{exp, ln};
use super::reduce::larger;
use crate::Tensor;

/// The number of partial results in a reduction. It is fixed, so that vectors of
/// any width combine the same numbers in the same order.
const LANES: usize = 16;
type LaneChunk = [f32; LANES];

/// Runs a kernel compiled for this machine's instructions. Its `call` and all
/// functions that it calls must be `#[inline(always)]`: a function that is not
/// inlined is compiled for the baseline instructions only.
#[inline]
pub(crate) fn dispatch<K: NullaryFnOnce>(kernel: K) -> K::Output {
    Arch::new().dispatch(kernel)
}

/// The elements row by row; a copy only if they are not contiguous in that
/// order.
pub(crate) fn elements(tensor: &Tensor) -> Cow<'_, [f32]> {
    tensor.as_slice().map_or_else(|| Cow::Owned(tensor.to_vec()), Cow::Borrowed)
}

/// `f(x, y)` of each pair of two rows of the same length.
///
/// Works in whole chunks, for the remainder too: rows are often short, and the
/// compiler's own vector loop would process most of such a row in its scalar
/// remainder.
#[inline(always)]
pub(crate) fn zip(x: &[f32], y: &[f32], out: &mut [f32], f: impl Fn(f32, f32) -> f32) {
    let (xs, rest) = x.as_chunks();
    let (ys, _) = y.as_chunks();
    for (out, (x, y)) in out.as_chunks_mut().0.iter_mut().zip(xs.iter().zip(ys)) {
        *out = zip_chunk(x, y, &f);
    }
    if !rest.is_empty() {
        let last = zip_chunk(&last_chunk(x), &last_chunk(y), &f);
        match out.last_chunk_mut() {
            Some(out) => *out = last,
            None => out.copy_from_slice(&last[LANES - rest.len()..]),
        }
    }
}

#[inline(always)]
fn zip_chunk(x: &LaneChunk, y: &LaneChunk, f: impl Fn(f32, f32) -> f32) -> LaneChunk {
    let mut out = [0.0; LANES];
    for i in 0..LANES {
        out[i] = f(x[i], y[i]);
    }
    out
}

/// The last chunk of a row, which may overlap the chunk before it. A row shorter
/// than a chunk is placed at the chunk's end.
#[inline(always)]
fn last_chunk(row: &[f32]) -> LaneChunk {
    if let Some(chunk) = row.last_chunk() {
        return *chunk;
    }
    let mut chunk = [0.0; LANES];
    chunk[LANES - row.len()..].copy_from_slice(row);
    chunk
}

/// `f(x)` of each element of a row, like [`zip`].
#[inline(always)]
pub(crate) fn map(x: &[f32], out: &mut [f32], f: impl Fn(f32) -> f32) {
    zip(x, x, out, |x, _| f(x));
}

/// `term(x, y)` of each pair, combined with `join`. `start` must be neutral for
/// `join`.
#[inline(always)]
fn fold_pairs(
    x: &[f32],
    y: &[f32],
    start: f32,
    term: impl Fn(f32, f32) -> f32,
    join: impl Fn(f32, f32) -> f32,
) -> f32 {
    let mut lanes = [start; LANES];
    let (xs, rest) = x.as_chunks();
    let (ys, _) = y.as_chunks();
    for (x, y) in xs.iter().zip(ys) {
        lanes = zip_chunk(&lanes, &zip_chunk(x, y, &term), &join);
    }
    if !rest.is_empty() {
        let mut terms = zip_chunk(&last_chunk(x), &last_chunk(y), &term);
        for (i, term) in terms.iter_mut().enumerate() {
            *term = if i < LANES - rest.len() { start } else { *term };
        }
        lanes = zip_chunk(&lanes, &terms, &join);
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

/// The largest `scale * x`: minus infinity if there are no elements, NaN if one
/// is NaN.
#[inline(always)]
pub(crate) fn max(x: &[f32], scale: f32) -> f32 {
    fold_pairs(x, x, f32::NEG_INFINITY, |x, _| x * scale, larger)
}

/// The softmax of `scale * x`.
#[inline(always)]
pub(crate) fn softmax(x: &[f32], scale: f32, out: &mut [f32]) {
    let top = max(x, scale);
    map(x, out, |x| exp(x * scale - top));
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
    zip(y, g, out, |y, g| scale * y * (g - mean));
}

/// `top = max(x)` and `ln(sum(exp(x - top)))`: together ln(sum(exp(x))), without
/// overflow.
#[inline(always)]
pub(crate) fn log_sum_exp(x: &[f32]) -> (f32, f32) {
    let top = max(x, 1.0);
    (top, ln(sum(x, |x| exp(x - top))))
}

#[cfg(test)]
mod tests {
    use pulp::NullaryFnOnce;

    use super::{dispatch, log_sum_exp, max, softmax, softmax_gradient, sum, sum_pairs};
    use crate::{Rng, Tensor};

    fn row(length: usize, seed: u64) -> Vec<f32> {
        Tensor::randn(&[length], 2.0, &mut Rng::new(seed)).to_vec()
    }

    #[test]
    fn rows_of_every_length_match_f64() {
        for length in 0..=70 {
            let x = row(length, 1);
            let y = row(length, 2);
            let pairs = || x.iter().zip(&y).map(|(&x, &y)| (f64::from(x), f64::from(y)));
            let close = |actual: f32, expected: f64| {
                let error = (f64::from(actual) - expected).abs();
                assert!(error < 1e-5 * (1.0 + expected.abs()), "{length}: {actual}, {expected}");
            };
            close(sum(&x, |x| x * x + 1.0), pairs().map(|(x, _)| x * x + 1.0).sum());
            close(sum_pairs(&x, &y, |x, y| x * y), pairs().map(|(x, y)| x * y).sum());
            if length > 0 {
                close(max(&x, -0.5), pairs().map(|(x, _)| -0.5 * x).fold(f64::MIN, f64::max));
                let (top, log_sum) = log_sum_exp(&x);
                close(top + log_sum, pairs().map(|(x, _)| x.exp()).sum::<f64>().ln());
            }
        }
        assert_eq!(max(&[], 1.0).to_bits(), f32::NEG_INFINITY.to_bits());
    }

    #[test]
    fn a_nan_anywhere_is_the_maximum() {
        for length in 1..=40 {
            for at in 0..length {
                let mut x = row(length, 3);
                x[at] = f32::NAN;
                assert!(max(&x, 1.0).is_nan(), "at {at} of {length}");
            }
        }
    }

    struct AllKernels<'a>(&'a [f32], &'a [f32]);

    impl NullaryFnOnce for AllKernels<'_> {
        type Output = Vec<u32>;

        #[inline(always)]
        fn call(self) -> Vec<u32> {
            let mut y = vec![0.0; self.0.len()];
            let mut gradient = vec![0.0; self.0.len()];
            softmax(self.0, 0.7, &mut y);
            softmax_gradient(&y, self.1, 0.7, &mut gradient);
            let (top, log_sum) = log_sum_exp(self.0);
            let numbers = y.iter().chain(&gradient).chain([&top, &log_sum]);
            numbers.map(|x| x.to_bits()).collect()
        }
    }

    #[test]
    fn wider_instructions_give_the_same_bits() {
        for length in 1..=70 {
            let x = row(length, 4);
            let g = row(length, 5);
            let narrow = AllKernels(&x, &g).call();
            assert_eq!(dispatch(AllKernels(&x, &g)), narrow, "{length} elements");
        }
    }
}
