//! Task `backend`: one door, behind which the right kernel is chosen.

use tinytorch::Tensor;

use crate::{Result, Window};

/// What a backend can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `[m, k] x [k, n]` to `[m, n]`.
    MatMul,
    /// An input `[images, channels, height, width]` and a weight `[filters, channels, kh, kw]`.
    Conv2d(Window),
}

/// What it can answer with: your rungs, and nothing else.
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

/// Chooses a kernel by the shapes of the operands.
#[derive(Clone, Copy, Debug)]
pub struct OptimizedBackend {
    threads: usize,
}

impl OptimizedBackend {
    /// A backend that may use this many threads at once.
    ///
    /// # Errors
    /// [`AccelError::NoThreads`](crate::AccelError::NoThreads) of `backend` when it is 0.
    pub fn new(threads: usize) -> Result<Self> {
        let _ = &threads; // Not used yet: goes with the todo!.
        todo!("refuse 0 threads")
    }

    /// The kernel for operands of these shapes. Find out by measurement which is fastest where; what is
    /// certain beforehand:
    ///
    /// - with one thread it is never [`Kernel::Parallel`],
    /// - a product of 64 x 64 x 64 or fewer multiply-accumulates is never worth a second thread,
    /// - one of 512 x 512 x 512 or more, with 64 or more rows, always is, if there is one,
    /// - from 128 x 128 x 128 on, [`Kernel::Naive`] is never the answer.
    ///
    /// # Errors
    /// [`AccelError::ShapeMismatch`](crate::AccelError::ShapeMismatch) of `matmul` when the operands do
    /// not have two axes or their inner dimensions differ; those of
    /// [`ConvShape::new`](crate::ConvShape::new), of `conv2d`.
    pub fn choose(&self, operation: Operation, left: &[usize], right: &[usize]) -> Result<Kernel> {
        let _ = (&self.threads, &operation, &left, &right); // Not used yet: goes with the todo!.
        todo!("check the shapes, then choose by how much work there is and how narrow it is")
    }

    /// Carries the operation out, by the kernel that [`choose`](Self::choose) names.
    ///
    /// # Shapes
    /// Those of the operation; see [`Operation`]. Views, such as transposed tensors, count.
    ///
    /// # Errors
    /// Those of [`choose`](Self::choose).
    pub fn dispatch(&self, operation: Operation, left: &Tensor, right: &Tensor) -> Result<Tensor> {
        let _ = (&self.threads, &operation, &left, &right); // Not used yet: goes with the todo!.
        todo!("choose, call the kernel, and make a tensor of its result")
    }
}
