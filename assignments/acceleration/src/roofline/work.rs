//! Task `roofline`, first part: the FLOPs and bytes of an operation.

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
        let _ = (&m, &k, &n); // Not used yet: goes with the todo!.
        todo!("count two FLOPs for each product, and four bytes for each element of three matrices")
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
        let _ = (&m, &k, &n, &block); // Not used yet: goes with the todo!.
        todo!("count how often A and how often B pass")
    }

    /// An ideal convolution: input and weight are read once and the output is written once. Products with the
    /// zeros of the padding count as FLOPs; the padding itself is not read from memory.
    ///
    /// # Errors
    /// Those of [`ConvShape::new`](crate::ConvShape::new), of `conv2d`.
    pub fn conv2d(input: &[usize], weight: &[usize], window: Window) -> Result<Self> {
        let _ = (&input, &weight, &window); // Not used yet: goes with the todo!.
        todo!("count the products of every output element, and the elements of three tensors")
    }

    /// The same with `im2col`, if the columns do not fit into a cache: in addition, the columns of every
    /// image are written once and read once.
    ///
    /// # Errors
    /// Those of [`ConvShape::new`](crate::ConvShape::new), of `conv2d`.
    pub fn im2col(input: &[usize], weight: &[usize], window: Window) -> Result<Self> {
        let _ = (&input, &weight, &window); // Not used yet: goes with the todo!.
        todo!("add the columns' bytes, there and back")
    }

    /// FLOPs per byte; `None` if no bytes are moved.
    pub fn intensity(&self) -> Option<f64> {
        todo!("divide, unless there is nothing to divide by")
    }
}
