//! The requests to an `acceleration` submission, and how the driver answers them.

pub use course_data::Array;
use grader_protocol::Floats;

grader_protocol::contract! {
    /// The functions that students of `acceleration` write.
    pub trait Acceleration;

    /// A strided matrix view: element (i, j) of `data` is at `i * strides.0 + j * strides.1`.
    plain struct Operand { data: Vec<f32>, shape: (usize, usize), strides: (usize, usize) }
    /// An operation whose work is counted: `Work { flops, bytes }`, `Work::matmul(m, k, n)`,
    /// `Work::matmul_blocked(m, k, n, block)`, `Work::im2col` and `Work::conv2d` of (input, weight, window).
    #[derive(Copy, Eq)]
    plain enum CountedWork {
        Given { flops: u64, bytes: u64 }, MatMul(shape: [usize; 3]), Blocked(shape: [usize; 3], block: usize),
        Im2col(input: [usize; 4], weight: [usize; 4], window: Window),
        Conv2d(input: [usize; 4], weight: [usize; 4], window: Window),
    }
    /// The results of a `Roofline` for some work: `ridge()`, in FLOPs per byte; `attainable(&work)`, in FLOPs per second;
    /// `bound(&work)`; `predict(&work)`, in seconds; `efficiency(&work, seconds)`.
    #[derive(Copy)]
    plain struct RooflineReply { ridge: f64, attainable: f64, bound: Bound, seconds: f64, efficiency: f64 }
    /// The input of a timed product, [m, k] x [k, n], row by row.
    plain struct ProductInput { shape: [usize; 3], left: Floats, right: Floats }
    /// The output of a timed product.
    plain struct ProductOutput { shape: (usize, usize), data: Floats }
    /// The input of a timed convolution with strides of 1: [1, channels, height, width] and
    /// [filters, channels, height, width].
    plain struct ConvolutionInput { image: Array, weight: Array, padding: usize }

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
