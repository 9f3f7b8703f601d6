//! Task `roofline`, first part: the FLOPs and bytes of an operation.

// BEGIN SOLUTION: -
use crate::{AccelError, ConvShape};
// END SOLUTION
use crate::{Result, Window};

/// The work of an operation. An `f32` is 4 bytes, a multiply-accumulate 2 FLOPs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Floating-point operations.
    pub flops: u64,
    /// Bytes transferred between memory and processor.
    pub bytes: u64,
}

impl Work {
    /// An ideal matrix product `[m, k] x [k, n]`: each operand is read once and the result is written once.
    /// No product can move less.
    pub fn matmul(m: usize, k: usize, n: usize) -> Self {
        // BEGIN SOLUTION: count two FLOPs for each product, and four bytes for each element of three matrices
        let flops = 2 * product(&[m, k, n]);
        Self { flops, bytes: 4 * (product(&[m, k]) + product(&[k, n]) + product(&[m, n])) }
        // END SOLUTION
    }

    /// The same with a cache that holds a few blocks of `block` x `block` and nothing else. Each block of C
    /// reads all blocks of its row of A and of its column of B. So A is read once per *column of blocks* of C
    /// (n / block, rounded up), and B once per *row of blocks*. C is written once.
    ///
    /// With `block` 1 this is the naive product without any cache.
    ///
    /// # Errors
    /// [`AccelError::BadBlock`](crate::AccelError::BadBlock) of `matmul_blocked` when `block` is 0.
    pub fn matmul_blocked(m: usize, k: usize, n: usize, block: usize) -> Result<Self> {
        // BEGIN SOLUTION: count how often A and how often B pass
        if block == 0 {
            return Err(AccelError::BadBlock { operation: "matmul_blocked" });
        }
        let of_a = product(&[m, k, n.div_ceil(block)]);
        let of_b = product(&[k, n, m.div_ceil(block)]);
        let bytes = 4 * (of_a + of_b + product(&[m, n]));
        Ok(Self { bytes, ..Self::matmul(m, k, n) })
        // END SOLUTION
    }

    /// An ideal convolution: input and weight are read once and the output is written once. Products with the
    /// zeros of the padding count as FLOPs; the padding itself is not read from memory.
    ///
    /// # Errors
    /// Those of [`ConvShape::new`](crate::ConvShape::new), of `conv2d`.
    pub fn conv2d(input: &[usize], weight: &[usize], window: Window) -> Result<Self> {
        // BEGIN SOLUTION: count the products of every output element, and the elements of three tensors
        let shape = ConvShape::new("conv2d", input, weight, window)?;
        let outputs = product(&shape.output_shape());
        let elements = product(input) + product(weight) + outputs;
        Ok(Self { flops: 2 * outputs * shape.filter_len() as u64, bytes: 4 * elements })
        // END SOLUTION
    }

    /// The same with `im2col`, if the columns do not fit into a cache: in addition, the columns of every
    /// image are written once and read once.
    ///
    /// # Errors
    /// Those of [`ConvShape::new`](crate::ConvShape::new), of `conv2d`.
    pub fn im2col(input: &[usize], weight: &[usize], window: Window) -> Result<Self> {
        // BEGIN SOLUTION: add the columns' bytes, there and back
        let shape = ConvShape::new("conv2d", input, weight, window)?;
        let columns = product(&[shape.images, shape.filter_len(), shape.positions()]);
        let direct = Self::conv2d(input, weight, window)?;
        Ok(Self { bytes: direct.bytes + 2 * 4 * columns, ..direct })
        // END SOLUTION
    }

    /// FLOPs per byte; `None` if no bytes are moved.
    pub fn intensity(&self) -> Option<f64> {
        // BEGIN SOLUTION: divide, unless there is nothing to divide by
        (self.bytes > 0).then(|| self.flops as f64 / self.bytes as f64)
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
fn product(sizes: &[usize]) -> u64 {
    sizes.iter().map(|&size| size as u64).product()
}
// END SOLUTION
