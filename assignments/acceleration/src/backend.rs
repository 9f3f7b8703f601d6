//! Task `backend`: one entry point that chooses the right kernel.

use tinytorch::Tensor;

use crate::{Result, Window};

/// The operations of a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `[m, k] x [k, n]` to `[m, n]`.
    MatMul,
    /// An input `[images, channels, height, width]` and a weight `[filters, channels, kh, kw]`.
    Conv2d(Window),
}

/// The kernels of a backend: your rungs, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// [`matmul_naive`](crate::matmul_naive).
    Naive,
    /// [`matmul_reordered`](crate::matmul_reordered).
    Reordered,
    /// [`matmul_blocked`](crate::matmul_blocked).
    Blocked,
    /// [`matmul_tiled`](crate::matmul_tiled).
    Tiled,
    /// [`matmul_parallel`](crate::matmul_parallel).
    Parallel,
    /// [`conv2d_naive`](crate::conv2d_naive).
    ConvNaive,
    /// [`conv2d_im2col`](crate::conv2d_im2col).
    ConvIm2col,
}

/// Chooses a kernel from the shapes of the operands.
#[derive(Clone, Copy, Debug)]
pub struct OptimizedBackend {
    threads: usize,
}

impl OptimizedBackend {
    /// A backend that may use this many threads at once.
    ///
    /// # Errors
    /// [`AccelError::NoThreads`](crate::AccelError::NoThreads) of `backend` when `threads` is 0.
    pub fn new(threads: usize) -> Result<Self> {
        let _ = &threads; // Not used yet: goes with the todo!.
        todo!("refuse 0 threads")
    }

    /// The kernel for operands of these shapes. Measure which one is fastest for which shapes. These
    /// rules always hold:
    ///
    /// - With one thread it is never [`Kernel::Parallel`].
    /// - A product of 64 x 64 x 64 or fewer multiply-accumulates never uses more than one thread.
    /// - A product of 512 x 512 x 512 or more, with 64 or more rows, always uses several threads if the
    ///   backend has them.
    /// - From 128 x 128 x 128 on, it is never [`Kernel::Naive`].
    ///
    /// # Errors
    /// [`AccelError::ShapeMismatch`](crate::AccelError::ShapeMismatch) of `matmul` when the operands do
    /// not have two axes or their inner dimensions differ; those of
    /// [`ConvShape::new`](crate::ConvShape::new), of `conv2d`.
    pub fn choose(&self, operation: Operation, left: &[usize], right: &[usize]) -> Result<Kernel> {
        let _ = (&self.threads, &operation, &left, &right); // Not used yet: goes with the todo!.
        todo!("check the shapes, then choose by how much work there is and how narrow it is")
    }

    /// Carries out the operation with the kernel from [`choose`](Self::choose).
    ///
    /// # Shapes
    /// Those of the operation; see [`Operation`]. The operands may be views, such as transposed
    /// tensors.
    ///
    /// # Errors
    /// Those of [`choose`](Self::choose).
    pub fn dispatch(&self, operation: Operation, left: &Tensor, right: &Tensor) -> Result<Tensor> {
        let _ = (&self.threads, &operation, &left, &right); // Not used yet: goes with the todo!.
        todo!("choose, call the kernel, and make a tensor of its result")
    }
}
