//! A linear layer whose weight is sparse.

// BEGIN SOLUTION: -
use super::batch::{CHUNK, Lanes, SparseProduct};
use super::{checked_bias, checked_input, transposed};
use crate::CompressionError;
use std::borrow::Cow;
use tinytorch::simd::Arch;
// END SOLUTION
use crate::{CsrMatrix, Result};
use tinytorch::Tensor;
// BEGIN SOLUTION: -

/// For fewer rows than these, transposing costs more than it saves.
const FEWEST: usize = 8;
// END SOLUTION

/// `x W + b` with a sparse weight `[inputs, outputs]`. It keeps what it needs in a form that is fast to read: see
/// [`nbytes`](SparseLinear::nbytes).
///
/// A weight that is not stored is not multiplied: where the dense layer has NaN because of 0 times infinity, or 0 times NaN,
/// this one has the sum of the other products.
#[derive(Clone, Debug)]
pub struct SparseLinear {
    // BEGIN SOLUTION: -
    inputs: usize,
    /// Where the groups of four of each output start, and where the last ones end.
    starts: Vec<usize>,
    /// Inputs of four values each. A group is filled up with the input behind the last one, which is always 0.
    inputs_of: Vec<[u16; 4]>,
    values: Vec<[f32; 4]>,
    // END SOLUTION
    outputs: usize,
    bias: Vec<f32>,
}

impl SparseLinear {
    /// The layer whose weight, transposed, is this matrix: row `j` holds the weights of output `j`.
    ///
    /// # Errors
    /// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `SparseLinear::new`, with the shapes of matrix and bias, if
    /// there is not one bias for each output; [`BadValue`](crate::CompressionError::BadValue) for more than 65,535 inputs.
    pub fn new(transposed: &CsrMatrix, bias: Option<&[f32]>) -> Result<Self> {
        // BEGIN SOLUTION: a layout that the kernel likes
        let (inputs, outputs) = (transposed.columns(), transposed.rows());
        let Ok(filler) = u16::try_from(inputs) else {
            let reason = format!("{inputs} inputs: at most 65,535");
            return Err(CompressionError::value("SparseLinear::new", reason));
        };
        let bias = checked_bias("SparseLinear::new", &[outputs, inputs], outputs, bias)?;
        let (mut starts, mut inputs_of, mut values) = (vec![0], Vec::new(), Vec::new());
        for ends in transposed.row_starts().windows(2) {
            let columns = transposed.column_indices()[ends[0]..ends[1]].chunks(4);
            for (columns, numbers) in columns.zip(transposed.values()[ends[0]..ends[1]].chunks(4)) {
                let (mut four, mut factors) = ([filler; 4], [0.0; 4]);
                four.iter_mut().zip(columns).for_each(|(to, from)| *to = *from as u16);
                factors[..numbers.len()].copy_from_slice(numbers);
                inputs_of.push(four);
                values.push(factors);
            }
            starts.push(values.len());
        }
        Ok(Self { inputs, starts, inputs_of, values, outputs, bias })
        // END SOLUTION
    }

    /// The layer of a dense weight `[inputs, outputs]`, whose zeros are left out.
    ///
    /// # Errors
    /// Those of [`CsrMatrix::from_dense`] and [`SparseLinear::new`].
    pub fn from_dense(weight: &Tensor, bias: Option<&[f32]>) -> Result<Self> {
        // BEGIN SOLUTION: transpose first
        Self::new(&CsrMatrix::from_dense(&transposed(weight)?)?, bias)
        // END SOLUTION
    }

    /// # Shapes
    /// `[..., inputs]` to `[..., outputs]`.
    ///
    /// # Errors
    /// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `SparseLinear::forward` with the shapes of input and weight.
    ///
    /// # Cost
    /// One product for each stored value and row of the input. A single row gathers its elements; many rows are better
    /// transposed first, so that one value meets many rows at once.
    pub fn forward(&self, input: &Tensor) -> Result<Tensor> {
        // BEGIN SOLUTION: one kernel for few rows, one for many
        let shape = checked_input("SparseLinear::forward", input, self.inputs, self.outputs)?;
        let numbers = input.as_slice().map_or_else(|| Cow::Owned(input.to_vec()), Cow::Borrowed);
        let count: usize = shape[..shape.len() - 1].iter().product();
        let mut output = vec![0.0; count * self.outputs];
        if self.inputs == 0 || self.outputs == 0 {
            output.chunks_mut(self.outputs.max(1)).for_each(|row| row.copy_from_slice(&self.bias));
            return Ok(Tensor::from_vec(output, &shape)?);
        }
        let rows = numbers.chunks(CHUNK * self.inputs);
        for (rows, output) in rows.zip(output.chunks_mut(CHUNK * self.outputs)) {
            if rows.len() / self.inputs < FEWEST {
                self.row_by_row(rows, output);
            } else {
                self.all_at_once(rows, output);
            }
        }
        Ok(Tensor::from_vec(output, &shape)?)
        // END SOLUTION
    }

    /// Bytes of what is stored: values, indices, row starts and bias, padding included.
    pub fn nbytes(&self) -> usize {
        // BEGIN SOLUTION: count what the fields hold
        size_of_val(&*self.starts)
            + size_of_val(&*self.inputs_of)
            + size_of_val(&*self.values)
            + size_of_val(&*self.bias)
        // END SOLUTION
    }
    // BEGIN SOLUTION: -

    /// Few rows: each gathers its elements.
    fn row_by_row(&self, rows: &[f32], output: &mut [f32]) {
        // A power of two: then a bitwise and keeps each place inside, and no check is needed. At least one 0 at the end.
        let mut buffer = vec![0.0; (self.inputs + 1).next_power_of_two()];
        for (row, output) in rows.chunks(self.inputs).zip(output.chunks_mut(self.outputs)) {
            buffer[..self.inputs].copy_from_slice(row);
            for (j, output) in output.iter_mut().enumerate() {
                *output = self.bias[j] + self.gathered(j, &buffer);
            }
        }
    }

    /// The products of one output: four sums, because an addition waits for the one before it.
    fn gathered(&self, output: usize, buffer: &[f32]) -> f32 {
        assert!(!buffer.is_empty(), "the length is a power of two");
        let inside = buffer.len() - 1;
        let groups = self.starts[output]..self.starts[output + 1];
        let mut sums = [0.0; 4];
        for (inputs, values) in self.inputs_of[groups.clone()].iter().zip(&self.values[groups]) {
            for at in 0..4 {
                sums[at] += values[at] * buffer[usize::from(inputs[at]) & inside];
            }
        }
        (sums[0] + sums[1]) + (sums[2] + sums[3])
    }

    /// Many rows: one value meets all of them.
    fn all_at_once(&self, rows: &[f32], output: &mut [f32]) {
        let mut inputs = vec![Lanes([0.0; CHUNK]); self.inputs + 1];
        for (row, numbers) in rows.chunks(self.inputs).enumerate() {
            for (lanes, x) in inputs.iter_mut().zip(numbers) {
                lanes.0[row] = *x;
            }
        }
        let mut results = vec![Lanes([0.0; CHUNK]); self.outputs];
        Arch::new().dispatch(SparseProduct {
            starts: &self.starts,
            inputs_of: &self.inputs_of,
            values: &self.values,
            bias: &self.bias,
            inputs: &inputs,
            results: &mut results,
        });
        for (row, output) in output.chunks_mut(self.outputs).enumerate() {
            for (output, lanes) in output.iter_mut().zip(&results) {
                *output = lanes.0[row];
            }
        }
    }
    // END SOLUTION
}
