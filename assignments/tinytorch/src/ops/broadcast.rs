//! Broadcasting of shapes.

use crate::{Result, TensorError};

/// The shape that two shapes broadcast to.
pub(crate) fn broadcast_shape(
    op: &'static str,
    left: &[usize],
    right: &[usize],
) -> Result<Vec<usize>> {
    let ndim = left.len().max(right.len());
    // Missing leading axes count as length 1.
    let length = |shape: &[usize], axis: usize| {
        let missing = ndim - shape.len();
        if axis < missing { 1 } else { shape[axis - missing] }
    };
    (0..ndim)
        .map(|axis| match (length(left, axis), length(right, axis)) {
            (a, b) if a == b => Ok(a),
            (1, n) | (n, 1) => Ok(n),
            (a, b) => {
                let from_end = ndim - axis;
                let reason = format!(
                    "lengths {a} and {b} on axis -{from_end} do not broadcast: equal, or one of them 1"
                );
                Err(TensorError::mismatch(op, left, right, reason))
            }
        })
        .collect()
}

/// How a broadcast tensor is repeated in the full shape: `outer` times all of its
/// `middle` elements, each of them `inner` times in a row.
///
/// `[C]` in `[N, C]` is `(N, C, 1)`, `[N, 1]` in it is `(1, N, C)`, and `[C, 1, 1]`
/// in `[N, C, H, W]` is `(N, C, H * W)`.
#[derive(Debug, PartialEq)]
pub(crate) struct BroadcastBlocks {
    pub(crate) outer: usize,
    pub(crate) middle: usize,
    pub(crate) inner: usize,
}

impl BroadcastBlocks {
    /// `None` if `full` is not the broadcast shape, if there are no elements, or if
    /// `narrow` is repeated in a more complicated way.
    pub(crate) fn of(shape: &[usize], full: &[usize], narrow: &[usize]) -> Option<Self> {
        if full != shape || shape.contains(&0) {
            return None;
        }
        let missing = shape.len() - narrow.len();
        let own = |axis: usize| if axis < missing { 1 } else { narrow[axis - missing] };
        let is_middle = |&axis: &usize| own(axis) != 1;
        let start = (0..shape.len()).find(is_middle).unwrap_or(shape.len());
        let end = (0..shape.len()).rfind(is_middle).map_or(start, |axis| axis + 1);
        let whole = (start..end).all(|axis| own(axis) == shape[axis]);
        let count = |axes: &[usize]| axes.iter().product();
        let outer = count(&shape[..start]);
        let middle = count(&shape[start..end]);
        let inner = count(&shape[end..]);
        // A single number is repeated in one run.
        let (outer, inner) = if middle == 1 { (1, outer * inner) } else { (outer, inner) };
        whole.then_some(Self { outer, middle, inner })
    }
}

#[cfg(test)]
mod tests {
    use super::BroadcastBlocks;

    #[test]
    fn a_repeated_shape_is_found_in_the_whole_one() {
        type BroadcastCase = (&'static [usize], &'static [usize], Option<(usize, usize, usize)>);
        let cases: [BroadcastCase; 9] = [
            (&[4, 3], &[3], Some((4, 3, 1))),
            (&[4, 3], &[4, 1], Some((1, 4, 3))),
            (&[4, 3], &[], Some((1, 1, 12))),
            (&[4, 3], &[1, 1], Some((1, 1, 12))),
            (&[2, 5, 7, 8], &[5, 1, 1], Some((2, 5, 56))),
            (&[2, 5, 7, 8], &[5, 7, 1], Some((2, 35, 8))),
            (&[2, 5, 7], &[2, 1, 7], None),
            (&[0, 3], &[3], None),
            (&[1, 1], &[1], Some((1, 1, 1))),
        ];
        for (shape, narrow, expected) in cases {
            let expected =
                expected.map(|(outer, middle, inner)| BroadcastBlocks { outer, middle, inner });
            assert_eq!(
                BroadcastBlocks::of(shape, shape, narrow),
                expected,
                "{narrow:?} in {shape:?}"
            );
            assert_eq!(
                BroadcastBlocks::of(&[9, 9], shape, narrow),
                None,
                "{shape:?} is not all of it"
            );
        }
    }
}
