//! Blocks of 16 outputs, which a register holds.

// BEGIN SOLUTION: -
use super::{checked_bias, checked_input};
use crate::{CompressionError, pruned_count};
use std::borrow::Cow;
use tinytorch::simd::{Arch, Simd, WithSimd, bytemuck};
// END SOLUTION
use crate::{Mask, Result};
use tinytorch::Tensor;
// BEGIN SOLUTION: -

/// Outputs in a block.
const BLOCK: usize = 16;
/// Registers of sums.
const SUMS: usize = 4;
// END SOLUTION

/// Prunes blocks of 16 outputs and one input: of a weight `[inputs, outputs]`, elements `[i, 16 b .. 16 b + 16]`. The last block
/// of a row is shorter if there is a remainder. [`pruned_count`](crate::pruned_count) of the blocks are pruned, those with the
/// least mean magnitude; of equal ones the first, input by input.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `prune_blocks` if there are not two axes or for a sparsity outside of 0 to
/// 1; [`NotFinite`](crate::CompressionError::NotFinite).
pub fn prune_blocks(weight: &Tensor, sparsity: f64) -> Result<Mask> {
    // BEGIN SOLUTION: mean magnitude of each block, then as for single weights
    let &[inputs, outputs] = weight.shape() else {
        let reason = format!("a weight {:?}: use [inputs, outputs]", weight.shape());
        return Err(CompressionError::value("prune_blocks", reason));
    };
    let numbers = weight.to_vec();
    if let Some(x) = numbers.iter().find(|x| !x.is_finite()) {
        let shape = weight.shape().to_vec();
        return Err(CompressionError::NotFinite { operation: "prune_blocks", shape, value: *x });
    }
    let mean =
        |block: &[f32]| block.iter().map(|x| f64::from(x.abs())).sum::<f64>() / block.len() as f64;
    let rows = numbers.chunks(outputs.max(1));
    let means: Vec<f64> = rows.flat_map(|row| row.chunks(BLOCK).map(mean)).collect();
    let count = pruned_count("prune_blocks", sparsity, means.len())?;
    let mut order: Vec<usize> = (0..means.len()).collect();
    // Stable: of equal blocks the first stays first.
    order.sort_by(|a, b| means[*a].total_cmp(&means[*b]));
    let mut kept = vec![true; inputs * outputs];
    let blocks = outputs.div_ceil(BLOCK);
    for block in &order[..count] {
        let start = block / blocks * outputs + block % blocks * BLOCK;
        let end = (start + BLOCK).min((block / blocks + 1) * outputs);
        kept[start..end].fill(false);
    }
    Mask::new(weight.shape(), kept)
    // END SOLUTION
}

/// `x W + b` with a weight of which whole blocks are 0: only the others are stored. One element of the input meets 16 weights,
/// which lie side by side: nothing has to be gathered.
#[derive(Clone, Debug)]
pub struct BlockSparseLinear {
    // BEGIN SOLUTION: -
    inputs: usize,
    /// Where the blocks of each 16 outputs start, and where the last ones end.
    starts: Vec<usize>,
    /// The input of each block.
    inputs_of: Vec<usize>,
    values: Vec<Block>,
    // END SOLUTION
    outputs: usize,
    bias: Vec<f32>,
}

impl BlockSparseLinear {
    /// The layer of a dense weight `[inputs, outputs]`: blocks that hold only zeros are left out.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `BlockSparseLinear::new` if there are not two axes;
    /// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) with the shapes of weight and bias.
    pub fn new(weight: &Tensor, bias: Option<&[f32]>) -> Result<Self> {
        // BEGIN SOLUTION: 16 outputs at a time
        let &[inputs, outputs] = weight.shape() else {
            let reason = format!("a weight {:?}: use [inputs, outputs]", weight.shape());
            return Err(CompressionError::value("BlockSparseLinear::new", reason));
        };
        let bias = checked_bias("BlockSparseLinear::new", &[inputs, outputs], outputs, bias)?;
        let numbers = weight.to_vec();
        let (mut starts, mut inputs_of, mut values) = (vec![0], Vec::new(), Vec::new());
        for first in (0..outputs).step_by(BLOCK) {
            let len = BLOCK.min(outputs - first);
            for input in 0..inputs {
                let used = &numbers[input * outputs + first..][..len];
                if used.iter().any(|x| *x != 0.0) {
                    let mut block = Block([0.0; BLOCK]);
                    block.0[..len].copy_from_slice(used);
                    inputs_of.push(input);
                    values.push(block);
                }
            }
            starts.push(values.len());
        }
        Ok(Self { inputs, starts, inputs_of, values, outputs, bias })
        // END SOLUTION
    }

    /// # Shapes
    /// `[..., inputs]` to `[..., outputs]`.
    ///
    /// # Errors
    /// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `BlockSparseLinear::forward` with the shapes of input and
    /// weight.
    ///
    /// # Cost
    /// 16 products for each stored block and row of the input.
    pub fn forward(&self, input: &Tensor) -> Result<Tensor> {
        // BEGIN SOLUTION: 16 sums in a register
        let operation = "BlockSparseLinear::forward";
        let shape = checked_input(operation, input, self.inputs, self.outputs)?;
        let numbers = input.as_slice().map_or_else(|| Cow::Owned(input.to_vec()), Cow::Borrowed);
        let count: usize = shape[..shape.len() - 1].iter().product();
        let mut output = vec![0.0; count * self.outputs];
        Arch::new().dispatch(BlockProduct { layer: self, rows: &numbers, output: &mut output });
        Ok(Tensor::from_vec(output, &shape)?)
        // END SOLUTION
    }

    /// The number of stored blocks.
    pub fn blocks(&self) -> usize {
        // BEGIN SOLUTION: count them
        self.values.len()
        // END SOLUTION
    }

    /// Bytes of what is stored: values, indices and bias, padding included.
    pub fn nbytes(&self) -> usize {
        // BEGIN SOLUTION: count what the fields hold
        size_of_val(&*self.starts)
            + size_of_val(&*self.inputs_of)
            + size_of_val(&*self.values)
            + size_of_val(&*self.bias)
        // END SOLUTION
    }
}
// BEGIN SOLUTION: -

/// 16 weights of one input, aligned: a register that crosses a cache line takes two reads.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Block([f32; BLOCK]);

/// The product of a layer and rows of its inputs.
struct BlockProduct<'a> {
    layer: &'a BlockSparseLinear,
    rows: &'a [f32],
    output: &'a mut [f32],
}

impl WithSimd for BlockProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { layer, rows, output } = self;
        let (inputs, outputs) = (layer.inputs, layer.outputs);
        for (at, ends) in layer.starts.windows(2).enumerate() {
            let blocks = &layer.values[ends[0]..ends[1]];
            let inputs_of = &layer.inputs_of[ends[0]..ends[1]];
            let first = at * BLOCK;
            let len = BLOCK.min(outputs - first);
            // The blocks stay in the cache while the rows go by.
            for row in 0..output.len() / outputs {
                let sums = sums(simd, &rows[row * inputs..][..inputs], inputs_of, blocks);
                let output = &mut output[row * outputs + first..][..len];
                for ((output, sum), bias) in output.iter_mut().zip(sums).zip(&layer.bias[first..]) {
                    *output = sum + bias;
                }
            }
        }
    }
}

/// The sums of 16 outputs. A block fills one register, two or four; as many blocks are in flight as fill [`SUMS`].
#[inline(always)]
fn sums<S: Simd>(simd: S, row: &[f32], inputs_of: &[usize], blocks: &[Block]) -> [f32; BLOCK] {
    // Without vector instructions a register holds one number, and a block fills 16.
    let mut sums = [simd.splat_f32s(0.0); BLOCK];
    let width = BLOCK / S::F32_LANES;
    let at_once = (SUMS / width).max(1);
    let (inputs, blocks) = (inputs_of.chunks_exact(at_once), blocks.chunks_exact(at_once));
    let rest = inputs.remainder().iter().zip(blocks.remainder());
    for (inputs, blocks) in inputs.zip(blocks) {
        for (place, (input, block)) in inputs.iter().zip(blocks).enumerate() {
            add_products(simd, &mut sums[place * width..][..width], row[*input], block);
        }
    }
    for (input, block) in rest {
        add_products(simd, &mut sums[..width], row[*input], block);
    }
    let mut all = [0.0; BLOCK];
    for own in sums[..at_once * width].chunks_exact(width) {
        let numbers: &[f32] = bytemuck::cast_slice(own);
        for (sum, x) in all.iter_mut().zip(numbers) {
            *sum += x;
        }
    }
    all
}

/// Adds the products of one input and the weights of a block.
#[inline(always)]
fn add_products<S: Simd>(simd: S, sums: &mut [S::f32s], x: f32, block: &Block) {
    let (registers, _) = S::as_simd_f32s(&block.0);
    for (sum, weights) in sums.iter_mut().zip(registers) {
        *sum = simd.mul_add_e_f32s(simd.splat_f32s(x), *weights, *sum);
    }
}
// END SOLUTION
