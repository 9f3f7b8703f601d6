//! The requests to an `acceleration` submission, and how the driver answers them.

pub use course_data::Array;
use grader_protocol::Floats;
use serde::{Deserialize, Serialize};

grader_protocol::contract! {
    /// The functions that students of `acceleration` write.
    pub trait Acceleration;

    mirror struct Product <- acceleration::Matrix {
        shape: (usize, usize) = (it.rows(), it.columns()),
        data: Vec<f32> = it.as_slice().to_vec(),
    }
    /// Pairs are (down, across).
    #[derive(Copy, Eq)]
    mirror struct Window -> acceleration::Window { stride: (usize, usize), padding: (usize, usize) }
    #[derive(Copy, Eq)]
    mirror enum Operation -> acceleration::Operation in backend { MatMul, Conv2d(window: Window) }
    #[derive(Copy, Eq)]
    mirror enum Kernel <- acceleration::Kernel in backend {
        Naive, Reordered, Blocked, Tiled, Parallel, ConvNaive, ConvIm2col,
    }
    #[derive(Copy)]
    mirror struct Work <- acceleration::Work in roofline {
        flops: u64, bytes: u64, intensity: Option<f64> = it.intensity(),
    }
    #[derive(Copy, Eq)]
    mirror enum Bound <- acceleration::Bound in roofline { Memory, Compute }

    task naive {
        /// `matmul_naive(a, b)`.
        fn naive(a: Operand, b: Operand) -> Product { acceleration::matmul_naive(view(&a)?, view(&b)?)?.wire() }
    }
    task reordered {
        /// `matmul_reordered(a, b)`.
        fn reordered(a: Operand, b: Operand) -> Product {
            acceleration::matmul_reordered(view(&a)?, view(&b)?)?.wire()
        }
    }
    task blocked {
        /// `matmul_blocked(a, b, block)`.
        fn blocked(a: Operand, b: Operand, block: usize) -> Product {
            acceleration::matmul_blocked(view(&a)?, view(&b)?, block)?.wire()
        }
    }
    task tiled {
        /// `packed_len(rows, columns, tile)`.
        fn packed_len(rows: usize, columns: usize, tile: usize) -> usize {
            acceleration::packed_len(rows, columns, tile)?
        }
        /// `pack(matrix, tile, packed)` into a buffer of `length` numbers, all NaN.
        fn pack(matrix: Operand, tile: usize, length: usize) -> Vec<f32> {
            let mut packed = vec![f32::NAN; length];
            acceleration::pack(view(&matrix)?, tile, &mut packed)?;
            packed
        }
        /// `matmul_tiled(a, b)`.
        fn tiled(a: Operand, b: Operand) -> Product { acceleration::matmul_tiled(view(&a)?, view(&b)?)?.wire() }
    }
    task parallel {
        /// `matmul_parallel(a, b, threads)`.
        fn parallel(a: Operand, b: Operand, threads: usize) -> Product {
            acceleration::matmul_parallel(view(&a)?, view(&b)?, threads)?.wire()
        }
    }
    task conv {
        /// `im2col(image, kernel, window)`.
        fn im2col(image: Array, kernel: (usize, usize), window: Window) -> Product {
            acceleration::im2col(&tensor(&image)?, kernel, window.native())?.wire()
        }
        /// `conv2d_naive(input, weight, window)`.
        fn conv2d_naive(input: Array, weight: Array, window: Window) -> Array {
            array(&acceleration::conv2d_naive(&tensor(&input)?, &tensor(&weight)?, window.native())?)
        }
        /// `conv2d_im2col(input, weight, window)`.
        fn conv2d_im2col(input: Array, weight: Array, window: Window) -> Array {
            array(&acceleration::conv2d_im2col(&tensor(&input)?, &tensor(&weight)?, window.native())?)
        }
    }
    task backend {
        /// `OptimizedBackend::new(threads)?.choose(operation, left, right)`.
        fn choose(threads: usize, operation: Operation, left: Vec<usize>, right: Vec<usize>) -> Kernel {
            acceleration::OptimizedBackend::new(threads)?.choose(operation.native(), &left, &right)?.wire()
        }
        /// `OptimizedBackend::new(threads)?.dispatch(operation, left, right)`.
        fn dispatch(threads: usize, operation: Operation, left: Array, right: Array) -> Array {
            let backend = acceleration::OptimizedBackend::new(threads)?;
            array(&backend.dispatch(operation.native(), &tensor(&left)?, &tensor(&right)?)?)
        }
    }
    task roofline {
        /// One of the functions of `Work`.
        fn work(counted: CountedWork) -> Work { roofline::work(counted)?.wire() }
        /// The results of `Roofline::new(flops_per_second, bytes_per_second)?` for the work and a measured time of
        /// `seconds`.
        fn roofline(flops_per_second: f64, bytes_per_second: f64, counted: CountedWork, seconds: f64) -> RooflineReply {
            let roofline = acceleration::Roofline::new(flops_per_second, bytes_per_second)?;
            let work = roofline::work(counted)?;
            RooflineReply {
                ridge: roofline.ridge(),
                attainable: roofline.attainable(&work),
                bound: roofline.bound(&work).wire(),
                seconds: roofline.predict(&work),
                efficiency: roofline.efficiency(&work, seconds)?,
            }
        }
    }
}

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

/// An operation whose work is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CountedWork {
    /// `Work { flops, bytes }`.
    Given {
        /// Floating-point operations.
        flops: u64,
        /// Bytes between memory and processor.
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

/// The results of a `Roofline` for some work.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RooflineReply {
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

/// The input of a timed product: [m, k] x [k, n], row by row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProductInput {
    /// m, k and n.
    pub shape: [usize; 3],
    /// The left matrix.
    pub left: Floats,
    /// The right matrix.
    pub right: Floats,
}

/// The output of a timed product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProductOutput {
    /// Rows and columns.
    pub shape: (usize, usize),
    /// Its elements, row by row.
    pub data: Floats,
}

/// The input of a timed convolution with strides of 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConvolutionInput {
    /// [1, channels, height, width].
    pub image: Array,
    /// [filters, channels, height, width].
    pub weight: Array,
    /// Zeros added on each side.
    pub padding: usize,
}
