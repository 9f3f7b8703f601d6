//! Shared imports and helpers of the case files.

pub use crate::contract::{self, Client, Operand, Product};
pub use crate::oracle::product;
pub use grader_judge::{CallFailure, CaseVerdict, Draw, cases, check};
pub use grader_protocol::Floats;

/// The result of calling the student's code.
pub type Reply<T> = Result<T, CallFailure>;

/// `count` draws from the standard normal distribution.
pub fn normals(draw: &mut Draw, count: usize) -> Vec<f32> {
    (0..count).map(|_| draw.normal() as f32).collect()
}

/// The memory layout of an operand's elements in its slice.
#[derive(Clone, Copy, Debug)]
pub enum Layout {
    /// Row by row, without gaps.
    Rows,
    /// Column by column, without gaps: a transpose.
    Columns,
    /// Row by row, with a gap after each row: a part of a wider matrix.
    Gaps,
    /// Every other element of every other row.
    Scattered,
}

pub const LAYOUTS: [Layout; 4] = [Layout::Rows, Layout::Columns, Layout::Gaps, Layout::Scattered];

/// A matrix of normally distributed numbers. The rest of its slice is NaN, so that reading it shows
/// in the result.
pub fn operand(draw: &mut Draw, (rows, columns): (usize, usize), layout: Layout) -> Operand {
    let strides = match layout {
        Layout::Rows => (columns, 1),
        Layout::Columns => (1, rows),
        Layout::Gaps => (columns + draw.int(1..=5), 1),
        Layout::Scattered => (2 * (2 * columns + draw.int(1..=3)), 2),
    };
    let end = |count: usize, stride: usize| count.saturating_sub(1) * stride;
    let length =
        if rows * columns == 0 { 0 } else { end(rows, strides.0) + end(columns, strides.1) + 1 };
    let mut data = vec![f32::NAN; length];
    for i in 0..rows {
        for j in 0..columns {
            data[i * strides.0 + j * strides.1] = draw.normal() as f32;
        }
    }
    Operand { data, shape: (rows, columns), strides }
}

/// A matrix of normally distributed numbers, row by row.
pub fn plain(draw: &mut Draw, shape: (usize, usize)) -> Operand {
    operand(draw, shape, Layout::Rows)
}
