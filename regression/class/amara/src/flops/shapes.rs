//! Shapes: what goes in, what comes out.

use crate::{ProfileError, Result};

/// The numbers of a 2-D convolution. Pairs are (height, width).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    pub in_channels: usize,
    pub out_channels: usize,
    pub kernel: (usize, usize),
    pub stride: (usize, usize),
    pub padding: (usize, usize),
    pub bias: bool,
}

/// A window that slides over an image.
pub(super) struct Window {
    pub kernel: (usize, usize),
    pub stride: (usize, usize),
    pub padding: (usize, usize),
}

impl Window {
    /// Height and width of what comes out, if it fits at all.
    pub(super) fn slide(&self, (h, w): (usize, usize)) -> Option<(usize, usize)> {
        let positions = |len: usize, k: usize, s: usize, p: usize| {
            let padded = len + p + p;
            (k > 0 && s > 0 && padded >= k).then(|| 1 + (padded - k) / s)
        };
        let rows = positions(h, self.kernel.0, self.stride.0, self.padding.0)?;
        let columns = positions(w, self.kernel.1, self.stride.1, self.padding.1)?;
        Some((rows, columns))
    }
}

/// The input of an operation, which knows how to complain.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub op: &'static str,
    pub dims: &'a [usize],
}

impl<'a> Input<'a> {
    pub(super) fn complain<T>(self, expected: impl Into<String>) -> Result<T> {
        Err(ProfileError::Shape {
            operation: self.op,
            expected: expected.into(),
            got: self.dims.to_vec(),
        })
    }

    /// The dimensions before the last, if the last one is `width`.
    pub(super) fn rows_of(self, width: usize) -> Result<&'a [usize]> {
        match self.dims {
            [rows @ .., last] if *last == width => Ok(rows),
            _ => self.complain(format!("a shape that ends in {width}")),
        }
    }

    pub(super) fn windowed(self, window: &Window) -> Result<[usize; 4]> {
        let &[n, c, h, w] = self.dims else {
            return self.complain("four dimensions: [N, C, H, W]");
        };
        match window.slide((h, w)) {
            Some((h, w)) => Ok([n, c, h, w]),
            None => self.complain("a window that fits into the image and moves"),
        }
    }
}
