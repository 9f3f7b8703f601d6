//! The requests to an `acceleration` submission, in plain data.

use serde::{Deserialize, Serialize};

/// A strided matrix view: element (i, j) is at `i * row_stride + j * column_stride`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operand {
    /// The slice that contains it.
    pub data: Vec<f32>,
    /// Rows and columns.
    pub shape: (usize, usize),
    /// Distance from row to row and from column to column.
    pub strides: (usize, usize),
}

/// `Matrix` on the wire: elements row by row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Product {
    /// Results of `rows()` and `columns()`.
    pub shape: (usize, usize),
    /// `as_slice()`.
    pub data: Vec<f32>,
}

/// A tensor: elements row by row of `shape`, whose axes are then permuted, which makes it a view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Array {
    /// The shape before the permutation.
    pub shape: Vec<usize>,
    /// Elements, row by row of that shape.
    pub data: Vec<f32>,
    /// Axis i of the tensor is axis `axes[i]` of the shape; empty for no permutation.
    pub axes: Vec<usize>,
}

/// `Window` on the wire; pairs are (down, across).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Steps between windows.
    pub stride: (usize, usize),
    /// Zeros added on each side.
    pub padding: (usize, usize),
}

/// `Operation` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// A product of matrices.
    MatMul,
    /// A convolution.
    Conv2d(Window),
}

/// `Kernel` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kernel {
    /// `matmul_naive`.
    Naive,
    /// `matmul_reordered`.
    Reordered,
    /// `matmul_blocked`.
    Blocked,
    /// `matmul_tiled`.
    Tiled,
    /// `matmul_parallel`.
    Parallel,
    /// `conv2d_naive`.
    ConvNaive,
    /// `conv2d_im2col`.
    ConvIm2col,
}

/// `Work` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// Floating-point operations.
    pub flops: u64,
    /// Bytes between memory and processor.
    pub bytes: u64,
    /// `intensity()`.
    pub intensity: Option<f64>,
}

/// An operation whose work is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    /// `Work { flops, bytes }`.
    Given {
        /// Floating-point operations.
        flops: u64,
        /// Bytes.
        bytes: u64,
    },
    /// `Work::matmul(m, k, n)`.
    MatMul([usize; 3]),
    /// `Work::matmul_blocked(m, k, n, block)`.
    Blocked([usize; 3], usize),
    /// `Work::im2col(input, weight, window)`.
    Im2col([usize; 4], [usize; 4], Window),
    /// `Work::conv2d(input, weight, window)`.
    Conv2d([usize; 4], [usize; 4], Window),
}

/// Which of a machine's two limits applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// The bandwidth of the memory.
    Memory,
    /// The arithmetic.
    Compute,
}

/// The results of a `Roofline` for some work.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Roof {
    /// `ridge()`, FLOPs per byte.
    pub ridge: f64,
    /// `attainable(&work)`, FLOPs per second.
    pub attainable: f64,
    /// `bound(&work)`.
    pub bound: Bound,
    /// `predict(&work)`, seconds.
    pub seconds: f64,
    /// `efficiency(&work, seconds)` for the measured seconds of the request.
    pub efficiency: f64,
}

grader_protocol::contract! {
    /// The functions that students of `acceleration` write.
    pub trait Acceleration {
        /// `matmul_naive(a, b)`.
        fn naive(a: Operand, b: Operand) -> Product;
        /// `matmul_reordered(a, b)`.
        fn reordered(a: Operand, b: Operand) -> Product;
        /// `matmul_blocked(a, b, block)`.
        fn blocked(a: Operand, b: Operand, block: usize) -> Product;
        /// `packed_len(rows, columns, tile)`.
        fn packed_len(rows: usize, columns: usize, tile: usize) -> usize;
        /// `pack(matrix, tile, packed)` into a buffer of `length` numbers, all NaN.
        fn pack(matrix: Operand, tile: usize, length: usize) -> Vec<f32>;
        /// `matmul_tiled(a, b)`.
        fn tiled(a: Operand, b: Operand) -> Product;
        /// `matmul_parallel(a, b, threads)`.
        fn parallel(a: Operand, b: Operand, threads: usize) -> Product;
        /// `im2col(image, kernel, window)`.
        fn im2col(image: Array, kernel: (usize, usize), window: Window) -> Product;
        /// `conv2d_naive(input, weight, window)`.
        fn conv2d_naive(input: Array, weight: Array, window: Window) -> Array;
        /// `conv2d_im2col(input, weight, window)`.
        fn conv2d_im2col(input: Array, weight: Array, window: Window) -> Array;
        /// `OptimizedBackend::new(threads)?.choose(operation, left, right)`.
        fn choose(
            threads: usize,
            operation: Operation,
            left: Vec<usize>,
            right: Vec<usize>,
        ) -> Kernel;
        /// `OptimizedBackend::new(threads)?.dispatch(operation, left, right)`.
        fn dispatch(threads: usize, operation: Operation, left: Array, right: Array) -> Array;
        /// One of the functions of `Work`.
        fn work(counted: Counted) -> Work;
        /// The results of `Roofline::new(flops_per_second, bytes_per_second)?` for the work and a
        /// measured time of `seconds`.
        fn roofline(
            flops_per_second: f64,
            bytes_per_second: f64,
            counted: Counted,
            seconds: f64,
        ) -> Roof;
    }
}
