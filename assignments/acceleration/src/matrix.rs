//! The matrices of the ladder: one that owns its elements, and a view that does not. Given.

use std::borrow::Cow;
use std::ops::Range;

use tinytorch::Tensor;

use crate::{AccelError, Result};

/// A matrix of `f32` that owns its elements, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    data: Vec<f32>,
    rows: usize,
    columns: usize,
}

impl Matrix {
    /// All elements 0.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { data: vec![0.0; rows * columns], rows, columns }
    }

    /// A matrix from its elements, row by row.
    ///
    /// # Errors
    /// [`AccelError::BadMatrix`] when the number of elements is not rows x columns.
    pub fn from_vec(data: Vec<f32>, rows: usize, columns: usize) -> Result<Self> {
        MatRef::new(&data, rows, columns)?;
        Ok(Self { data, rows, columns })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The elements, row by row.
    pub fn as_slice(&self) -> &[f32] {
        &self.data
    }

    /// The elements, row by row, mutable.
    pub fn as_mut_slice(&mut self) -> &mut [f32] {
        &mut self.data
    }

    /// The elements, row by row, without a copy.
    pub fn into_vec(self) -> Vec<f32> {
        self.data
    }

    /// A view of all of it.
    pub fn view(&self) -> MatRef<'_> {
        let rows = self.rows;
        let columns = self.columns;
        MatRef { data: &self.data, rows, columns, row_stride: columns, column_stride: 1 }
    }
}

/// A look at a matrix somewhere in a slice. Element (i, j) is at `i * row_stride + j * column_stride`.
///
/// Transposing a view swaps its strides and costs nothing. Your code must work for every view: a rung
/// that assumes that the elements of a row are contiguous in memory is wrong for `b.t()`.
#[derive(Clone, Copy, Debug)]
pub struct MatRef<'a> {
    data: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> MatRef<'a> {
    /// A matrix whose elements are stored row by row.
    ///
    /// # Errors
    /// [`AccelError::BadMatrix`] when the number of elements is not rows x columns.
    pub fn new(data: &'a [f32], rows: usize, columns: usize) -> Result<Self> {
        if rows.checked_mul(columns) != Some(data.len()) {
            let reason = format!("{} elements were given", data.len());
            return Err(AccelError::BadMatrix { shape: [rows, columns], reason });
        }
        Ok(Self { data, rows, columns, row_stride: columns, column_stride: 1 })
    }

    /// A matrix whose elements are at `i * row_stride + j * column_stride`.
    ///
    /// # Errors
    /// [`AccelError::BadMatrix`] when some element would be outside the slice.
    pub fn strided(
        data: &'a [f32],
        (rows, columns): (usize, usize),
        (row_stride, column_stride): (usize, usize),
    ) -> Result<Self> {
        let last = |count: usize, stride: usize| count.saturating_sub(1).checked_mul(stride);
        let end = last(rows, row_stride)
            .zip(last(columns, column_stride))
            .and_then(|(down, right)| down.checked_add(right)?.checked_add(1));
        if rows > 0 && columns > 0 && end.is_none_or(|end| end > data.len()) {
            let strides = (row_stride, column_stride);
            let reason = format!("strides {strides:?} lead out of {} elements", data.len());
            return Err(AccelError::BadMatrix { shape: [rows, columns], reason });
        }
        Ok(Self { data, rows, columns, row_stride, column_stride })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The distance from one row to the next, in elements.
    pub fn row_stride(&self) -> usize {
        self.row_stride
    }

    /// The distance from one column to the next, in elements.
    pub fn column_stride(&self) -> usize {
        self.column_stride
    }

    /// The element in row `i` and column `j`.
    ///
    /// # Panics
    /// When that is outside the slice.
    #[inline]
    pub fn at(&self, i: usize, j: usize) -> f32 {
        self.data[i * self.row_stride + j * self.column_stride]
    }

    /// Row `i`, if its elements are contiguous in memory.
    #[inline]
    pub fn row(&self, i: usize) -> Option<&'a [f32]> {
        let start = i * self.row_stride;
        (self.column_stride == 1).then(|| &self.data[start..start + self.columns])
    }

    /// The transpose: a view of the same elements.
    #[must_use]
    pub fn t(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    /// A part of the matrix: a view of the same elements.
    ///
    /// # Panics
    /// When a range exceeds the matrix.
    #[must_use]
    pub fn part(self, rows: Range<usize>, columns: Range<usize>) -> Self {
        assert!(rows.end <= self.rows && columns.end <= self.columns, "outside of {self:?}");
        let start = rows.start * self.row_stride + columns.start * self.column_stride;
        let data = self.data.get(start..).unwrap_or_default();
        Self { data, rows: rows.len(), columns: columns.len(), ..self }
    }

    /// The elements row by row.
    ///
    /// # Cost
    /// None if they are already stored row by row, otherwise a copy.
    pub fn contiguous(self) -> Cow<'a, [f32]> {
        let count = self.rows * self.columns;
        if self.column_stride == 1 && self.row_stride == self.columns {
            return Cow::Borrowed(&self.data[..count]);
        }
        let rows = 0..self.rows;
        let elements = rows.flat_map(|i| (0..self.columns).map(move |j| self.at(i, j)));
        Cow::Owned(elements.collect())
    }

    /// `(m, k, n)` of the product of `self`, `[m, k]`, and `right`, `[k, n]`.
    ///
    /// # Errors
    /// [`AccelError::ShapeMismatch`] of `operation` when the number of columns of `self` is not the
    /// number of rows of `right`.
    pub fn product_shape(
        &self,
        right: &MatRef<'_>,
        operation: &'static str,
    ) -> Result<(usize, usize, usize)> {
        if self.columns == right.rows {
            return Ok((self.rows, self.columns, right.columns));
        }
        Err(AccelError::ShapeMismatch {
            operation,
            left: vec![self.rows, self.columns],
            right: vec![right.rows, right.columns],
            reason: format!("inner dimensions {} and {} differ", self.columns, right.rows),
        })
    }
}

/// The elements of a tensor, row by row: a borrow if they are stored like that, otherwise a copy.
pub fn elements(tensor: &Tensor) -> Cow<'_, [f32]> {
    tensor.as_slice().map_or_else(|| Cow::Owned(tensor.to_vec()), Cow::Borrowed)
}
