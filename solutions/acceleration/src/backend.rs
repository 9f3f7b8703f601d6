//! Task `backend`: one entry point that chooses the right kernel.

use tinytorch::Tensor;

// BEGIN SOLUTION: -
use crate::conv::ConvShape;
use crate::matrix::elements;
use crate::{
    AccelError, MatRef, conv2d_im2col, conv2d_naive, matmul_blocked, matmul_naive, matmul_parallel,
    matmul_reordered, matmul_tiled,
};
// END SOLUTION
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

// BEGIN SOLUTION: -
/// Multiply-accumulates below which packing does not pay off: 12 x 12 x 12.
const SMALL: usize = 12 * 12 * 12;
/// Multiply-accumulates from which threads pay off: 192 x 192 x 192.
const LARGE: usize = 192 * 192 * 192;
/// Rows from which every thread gets some tiles.
const MANY_ROWS: usize = 24;
/// Rows below which most of a tile would be padding.
const NARROW: usize = 4;
/// Side of a block, when blocks are used.
const BLOCK: usize = 64;
// END SOLUTION

impl OptimizedBackend {
    /// A backend that may use this many threads at once.
    ///
    /// # Errors
    /// [`AccelError::NoThreads`](crate::AccelError::NoThreads) of `backend` when `threads` is 0.
    pub fn new(threads: usize) -> Result<Self> {
        // BEGIN SOLUTION: refuse 0 threads
        if threads == 0 {
            return Err(AccelError::NoThreads { operation: "backend" });
        }
        Ok(Self { threads })
        // END SOLUTION
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
        // BEGIN SOLUTION: check the shapes, then choose by how much work there is and how narrow it is
        let window = match operation {
            Operation::MatMul => {
                let (m, k, n) = product_shape(left, right)?;
                return Ok(product_kernel(self.threads, m, k, n));
            }
            Operation::Conv2d(window) => window,
        };
        let shape = ConvShape::new("conv2d", left, right, window)?;
        let work = shape.filters * shape.positions() * shape.filter_len();
        Ok(if work < SMALL { Kernel::ConvNaive } else { Kernel::ConvIm2col })
        // END SOLUTION
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
        // BEGIN SOLUTION: choose, call the kernel, and make a tensor of its result
        let kernel = self.choose(operation, left.shape(), right.shape())?;
        let window = match operation {
            Operation::MatMul => Window::default(),
            Operation::Conv2d(window) => window,
        };
        match kernel {
            Kernel::ConvNaive => conv2d_naive(left, right, window),
            Kernel::ConvIm2col => conv2d_im2col(left, right, window),
            product => multiply(product, self.threads, left, right),
        }
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
fn product_kernel(threads: usize, m: usize, k: usize, n: usize) -> Kernel {
    let work = m.saturating_mul(k).saturating_mul(n);
    if threads > 1 && work >= LARGE && m >= MANY_ROWS {
        Kernel::Parallel
    } else if n == 1 {
        // A column of B has nothing to vectorize over, and its elements are contiguous.
        Kernel::Naive
    } else if work < SMALL || m < NARROW || k == 1 {
        Kernel::Reordered
    } else {
        Kernel::Tiled
    }
}

fn multiply(kernel: Kernel, threads: usize, left: &Tensor, right: &Tensor) -> Result<Tensor> {
    let (m, k, n) = product_shape(left.shape(), right.shape())?;
    let left = elements(left);
    let right = elements(right);
    let a = MatRef::new(&left, m, k)?;
    let b = MatRef::new(&right, k, n)?;
    let product = match kernel {
        Kernel::Reordered => matmul_reordered(a, b),
        Kernel::Blocked => matmul_blocked(a, b, BLOCK),
        Kernel::Tiled => matmul_tiled(a, b),
        Kernel::Parallel => matmul_parallel(a, b, threads),
        Kernel::Naive | Kernel::ConvNaive | Kernel::ConvIm2col => matmul_naive(a, b),
    }?;
    Ok(Tensor::from_vec(product.into_vec(), &[m, n])?)
}
fn product_shape(left: &[usize], right: &[usize]) -> Result<(usize, usize, usize)> {
    let refuse = |reason| {
        let left = left.to_vec();
        let right = right.to_vec();
        Err(AccelError::ShapeMismatch { operation: "matmul", left, right, reason })
    };
    match (left, right) {
        (&[m, k], &[inner, n]) if k == inner => Ok((m, k, n)),
        (&[_, k], &[inner, _]) => refuse(format!("inner dimensions {k} and {inner} differ")),
        _ => refuse("both must have 2 axes".into()),
    }
}
// END SOLUTION
