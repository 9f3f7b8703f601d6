//! Compressed sparse rows.

use crate::Result;
use tinytorch::Tensor;

/// A matrix as its non-zero elements, row by row, with their columns (*compressed sparse rows*). The elements of row `i` are
/// those from `row_starts[i]` up to `row_starts[i + 1]`.
#[derive(Clone, Debug, PartialEq)]
pub struct CsrMatrix {
    columns: usize,
    row_starts: Vec<usize>,
    column_indices: Vec<usize>,
    values: Vec<f32>,
}

impl CsrMatrix {
    /// A matrix of `columns` columns. A stored 0 is allowed.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `CsrMatrix::new` if `row_starts` is empty, does not begin with 0,
    /// falls, or does not end with the number of values; if there is not one column for each value; if a column does not
    /// exist; if the columns of a row do not ascend, or one is named twice.
    pub fn new(
        columns: usize,
        row_starts: Vec<usize>,
        column_indices: Vec<usize>,
        values: Vec<f32>,
    ) -> Result<Self> {
        let _ = (&columns, &row_starts, &column_indices, &values);
        todo!("check the three lists")
    }

    /// The elements of a matrix `[rows, columns]` that are not 0. NaN is not 0.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `CsrMatrix::from_dense` if there are not two axes.
    pub fn from_dense(matrix: &Tensor) -> Result<Self> {
        let _ = &matrix; // Not used yet: goes with the todo!.
        todo!("row by row")
    }

    /// The same matrix with its zeros, `[rows, columns]`.
    ///
    /// # Errors
    /// Those of the foundation.
    pub fn to_dense(&self) -> Result<Tensor> {
        todo!("zeros, then the values")
    }

    /// The number of rows. Given.
    pub fn rows(&self) -> usize {
        self.row_starts.len() - 1
    }

    /// The number of columns. Given.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Where each row starts among the values, and where the last one ends. Given.
    pub fn row_starts(&self) -> &[usize] {
        &self.row_starts
    }

    /// The column of each value. Given.
    pub fn column_indices(&self) -> &[usize] {
        &self.column_indices
    }

    /// The values, row by row. Given.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}
