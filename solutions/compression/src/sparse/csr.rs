//! Compressed sparse rows.

// BEGIN SOLUTION: -
use crate::CompressionError;
// END SOLUTION
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
        // BEGIN SOLUTION: check the three lists
        let bad = |reason: String| Err(CompressionError::value("CsrMatrix::new", reason));
        if row_starts.first() != Some(&0) {
            return bad("the row starts do not begin with 0".to_owned());
        }
        if let Some(at) = row_starts.windows(2).position(|pair| pair[0] > pair[1]) {
            return bad(format!("row {at} ends before it starts"));
        }
        let count = values.len();
        if row_starts.last() != Some(&count) {
            return bad(format!("the row starts do not end with the number of values, {count}"));
        }
        if column_indices.len() != count {
            return bad(format!("{} columns for {count} values", column_indices.len()));
        }
        for (row, ends) in row_starts.windows(2).enumerate() {
            let own = &column_indices[ends[0]..ends[1]];
            if let Some(column) = own.iter().find(|column| **column >= columns) {
                return bad(format!(
                    "column {column} in row {row}: there are {columns}, counted from 0"
                ));
            }
            if let Some(pair) = own.windows(2).find(|pair| pair[0] >= pair[1]) {
                let (first, second) = (pair[0], pair[1]);
                return bad(format!(
                    "column {second} after {first} in row {row}: columns have to ascend"
                ));
            }
        }
        Ok(Self { columns, row_starts, column_indices, values })
        // END SOLUTION
    }

    /// The elements of a matrix `[rows, columns]` that are not 0. NaN is not 0.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `CsrMatrix::from_dense` if there are not two axes.
    pub fn from_dense(matrix: &Tensor) -> Result<Self> {
        // BEGIN SOLUTION: row by row
        let &[_, columns] = matrix.shape() else {
            let reason = format!("a tensor {:?}: use a matrix [rows, columns]", matrix.shape());
            return Err(CompressionError::value("CsrMatrix::from_dense", reason));
        };
        let numbers = matrix.to_vec();
        let mut sparse =
            Self { columns, row_starts: vec![0], column_indices: vec![], values: vec![] };
        for row in 0..matrix.shape()[0] {
            for (column, x) in numbers[row * columns..][..columns].iter().enumerate() {
                if *x != 0.0 {
                    sparse.column_indices.push(column);
                    sparse.values.push(*x);
                }
            }
            sparse.row_starts.push(sparse.values.len());
        }
        Ok(sparse)
        // END SOLUTION
    }

    /// The same matrix with its zeros, `[rows, columns]`.
    ///
    /// # Errors
    /// Those of the foundation.
    pub fn to_dense(&self) -> Result<Tensor> {
        // BEGIN SOLUTION: zeros, then the values
        let mut numbers = vec![0.0; self.rows() * self.columns];
        for (row, ends) in self.row_starts.windows(2).enumerate() {
            for at in ends[0]..ends[1] {
                numbers[row * self.columns + self.column_indices[at]] = self.values[at];
            }
        }
        Ok(Tensor::from_vec(numbers, &[self.rows(), self.columns])?)
        // END SOLUTION
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
