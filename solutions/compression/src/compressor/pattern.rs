//! Where the zeros are.

// BEGIN SOLUTION: -
use crate::CompressionError;
// END SOLUTION
use crate::Result;
use tinytorch::Tensor;

/// Where the zeros of a matrix `[inputs, outputs]` are. Given.
#[derive(Clone, Debug, PartialEq)]
pub struct SparsityPattern {
    /// The share of zeros.
    pub sparsity: f64,
    /// Non-zero weights of each output.
    pub per_output: Vec<usize>,
    /// Non-zero weights of each input.
    pub per_input: Vec<usize>,
    /// The share of blocks of 16 outputs and one input that hold only zeros, as in [`prune_blocks`](crate::prune_blocks).
    pub zero_blocks: f64,
    /// The longest run of zeros in the matrix, read row by row: a run may go on in the next row.
    pub longest_run: usize,
}

impl SparsityPattern {
    /// Outputs without any weight: only the bias is left of them.
    pub fn dead_outputs(&self) -> usize {
        // BEGIN SOLUTION: count
        self.per_output.iter().filter(|count| **count == 0).count()
        // END SOLUTION
    }

    /// Inputs that nothing looks at.
    pub fn unused_inputs(&self) -> usize {
        // BEGIN SOLUTION: count
        self.per_input.iter().filter(|count| **count == 0).count()
        // END SOLUTION
    }
}

/// Analyses a weight: a matrix `[inputs, outputs]`, or filters `[filters, channels, height, width]`, whose outputs are the filters and
/// whose inputs are the elements of a filter.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `sparsity_pattern` for another number of axes, or without elements.
pub fn sparsity_pattern(weight: &Tensor) -> Result<SparsityPattern> {
    // BEGIN SOLUTION: bring filters into the form of a matrix first
    let (numbers, outputs) = as_matrix(weight)?;
    let rows = || numbers.chunks_exact(outputs);
    let used = |x: &&f32| **x != 0.0;
    let per_output = (0..outputs)
        .map(|j| numbers.iter().skip(j).step_by(outputs).filter(used).count())
        .collect();
    let blocks = || rows().flat_map(|row| row.chunks(BLOCK));
    let zero_blocks = blocks().filter(|block| block.iter().all(|x| *x == 0.0)).count();
    let zeros = numbers.iter().filter(|x| **x == 0.0).count();
    let runs = numbers.split(|x| *x != 0.0).map(<[f32]>::len);
    Ok(SparsityPattern {
        sparsity: zeros as f64 / numbers.len() as f64,
        per_output,
        per_input: rows().map(|row| row.iter().filter(used).count()).collect(),
        zero_blocks: zero_blocks as f64 / blocks().count() as f64,
        longest_run: runs.max().unwrap_or(0),
    })
    // END SOLUTION
}
// BEGIN SOLUTION: -

/// Outputs in a block.
const BLOCK: usize = 16;

/// The elements of a matrix `[inputs, outputs]`, and the number of outputs.
fn as_matrix(weight: &Tensor) -> Result<(Vec<f32>, usize)> {
    let bad = |reason: &str| {
        let reason = format!("a weight {:?}: {reason}", weight.shape());
        Err(CompressionError::value("sparsity_pattern", reason))
    };
    if weight.is_empty() {
        return bad("use one with elements");
    }
    match *weight.shape() {
        [_, outputs] => Ok((weight.to_vec(), outputs)),
        [filters, channels, height, width] => {
            let turned = weight.reshape(&[filters, channels * height * width])?.t()?;
            Ok((turned.to_vec(), filters))
        }
        _ => bad("use [inputs, outputs] or [filters, channels, height, width]"),
    }
}
// END SOLUTION
