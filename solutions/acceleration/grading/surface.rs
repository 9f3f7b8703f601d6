//! The public interface, item by item. Compiled only if the driver did not compile with a submission, to tell the
//! student which item is missing or has another signature.
//!
//! Each item from one PROBE line to the next is independent of the others. Students read the text after `EXPECT`.
//! The given files are probed too, so that a student who changed one is told. Probes marked `(timed)` are compiled
//! when the kernels do not compile, those marked `(audit)` when an audited function is not found.

#![allow(dead_code, unused, reason = "only whether it compiles counts")]

use tinytorch::Tensor;

// PROBE given: AccelError
// EXPECT: pub enum AccelError, which implements Debug, Display and From<TensorError>, as handed out in src/error.rs
fn given_error(error: tinytorch::TensorError) -> (String, String) {
    let error = acceleration::AccelError::from(error);
    (format!("{error:?}"), error.to_string())
}

// PROBE given: MatRef and Matrix
// EXPECT: pub struct MatRef and pub struct Matrix, as handed out in src/matrix.rs
fn given_matrix(data: &[f32]) -> (usize, usize, Vec<f32>) {
    let view: Result<acceleration::MatRef<'_>, acceleration::AccelError> =
        acceleration::MatRef::strided(data, (1, 2), (2, 1));
    let matrix = acceleration::Matrix::zeros(1, 2);
    (matrix.rows(), matrix.columns(), matrix.as_slice().to_vec())
}

// PROBE given: Window
// EXPECT: pub struct Window { pub stride: (usize, usize), pub padding: (usize, usize) }
fn given_window() -> acceleration::Window {
    acceleration::Window { stride: (1, 1), padding: (0, 0) }
}

// PROBE given (timed): Window
// EXPECT: #[derive(Clone, Copy)] pub struct Window, as handed out in src/conv/shape.rs
fn given_window_is_copied(window: &acceleration::Window) -> acceleration::Window {
    *window
}

// PROBE given (timed): Matrix::from_vec
// EXPECT: pub fn from_vec(data: Vec<f32>, rows: usize, columns: usize) -> Result<Self>
fn given_from_vec(data: Vec<f32>) -> Result<acceleration::Matrix, acceleration::AccelError> {
    acceleration::Matrix::from_vec(data, 1_usize, 2_usize)
}

// PROBE given (timed): Matrix::view
// EXPECT: pub fn view(&self) -> MatRef<'_>
fn given_view(matrix: &acceleration::Matrix) -> acceleration::MatRef<'_> {
    matrix.view()
}

// PROBE given (timed): Matrix::into_vec
// EXPECT: pub fn into_vec(self) -> Vec<f32>
fn given_elements(matrix: acceleration::Matrix) -> Vec<f32> {
    matrix.into_vec()
}

// PROBE given (audit): Matrix::into_vec
// EXPECT: pub fn into_vec(self) -> Vec<f32>
fn given_into_vec() -> fn(acceleration::Matrix) -> Vec<f32> {
    acceleration::Matrix::into_vec
}

// PROBE given (audit): Matrix::rows
// EXPECT: pub fn rows(&self) -> usize
fn given_rows() -> fn(&acceleration::Matrix) -> usize {
    acceleration::Matrix::rows
}

// PROBE given (audit): Matrix::columns
// EXPECT: pub fn columns(&self) -> usize
fn given_columns() -> fn(&acceleration::Matrix) -> usize {
    acceleration::Matrix::columns
}

// PROBE given (audit): Matrix::as_slice
// EXPECT: pub fn as_slice(&self) -> &[f32]
fn given_as_slice(matrix: &acceleration::Matrix) -> &[f32] {
    acceleration::Matrix::as_slice(matrix)
}

// PROBE given (audit): MatRef::new
// EXPECT: pub fn new(data: &[f32], rows: usize, columns: usize) -> Result<Self>
fn given_new(data: &[f32]) -> Result<acceleration::MatRef<'_>, acceleration::AccelError> {
    acceleration::MatRef::new(data, 1_usize, 2_usize)
}

// PROBE given (audit): MatRef::strided
// EXPECT: pub fn strided(data: &[f32], (rows, columns): (usize, usize), (row_stride, column_stride): (usize, usize)) -> Result<Self>
fn given_strided(data: &[f32]) -> Result<acceleration::MatRef<'_>, acceleration::AccelError> {
    acceleration::MatRef::strided(data, (1_usize, 2_usize), (2_usize, 1_usize))
}

// PROBE naive: matmul_naive
// EXPECT: pub fn matmul_naive(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix>
fn naive(
    a: acceleration::MatRef<'_>,
    b: acceleration::MatRef<'_>,
) -> Result<acceleration::Matrix, acceleration::AccelError> {
    // The grader passes it as a function pointer, for operands with different lifetimes.
    type Rung = fn(
        acceleration::MatRef<'_>,
        acceleration::MatRef<'_>,
    ) -> Result<acceleration::Matrix, acceleration::AccelError>;
    let rung: Rung = acceleration::matmul_naive;
    rung(a, b)
}

// PROBE reordered: matmul_reordered
// EXPECT: pub fn matmul_reordered(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix>
fn reordered(
    a: acceleration::MatRef<'_>,
    b: acceleration::MatRef<'_>,
) -> Result<acceleration::Matrix, acceleration::AccelError> {
    // The grader passes it as a function pointer, for operands with different lifetimes.
    type Rung = fn(
        acceleration::MatRef<'_>,
        acceleration::MatRef<'_>,
    ) -> Result<acceleration::Matrix, acceleration::AccelError>;
    let rung: Rung = acceleration::matmul_reordered;
    rung(a, b)
}

// PROBE blocked: matmul_blocked
// EXPECT: pub fn matmul_blocked(a: MatRef<'_>, b: MatRef<'_>, block: usize) -> Result<Matrix>
fn blocked(
    a: acceleration::MatRef<'_>,
    b: acceleration::MatRef<'_>,
) -> Result<acceleration::Matrix, acceleration::AccelError> {
    acceleration::matmul_blocked(a, b, 64_usize)
}

// PROBE tiled: matmul_tiled
// EXPECT: pub fn matmul_tiled(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix>
fn tiled(
    a: acceleration::MatRef<'_>,
    b: acceleration::MatRef<'_>,
) -> Result<acceleration::Matrix, acceleration::AccelError> {
    // The grader passes it as a function pointer, for operands with different lifetimes.
    type Rung = fn(
        acceleration::MatRef<'_>,
        acceleration::MatRef<'_>,
    ) -> Result<acceleration::Matrix, acceleration::AccelError>;
    let rung: Rung = acceleration::matmul_tiled;
    rung(a, b)
}

// PROBE tiled (audit): add_matmul_tiled
// EXPECT: pub fn add_matmul_tiled(a: MatRef<'_>, b: MatRef<'_>, c: &mut [f32]) -> Result<()>
fn tiled_add(
    a: acceleration::MatRef<'_>,
    b: acceleration::MatRef<'_>,
    c: &mut [f32],
) -> Result<(), acceleration::AccelError> {
    acceleration::add_matmul_tiled(a, b, c)
}

// PROBE tiled: packed_len
// EXPECT: pub fn packed_len(rows: usize, columns: usize, tile: usize) -> Result<usize>
fn tiled_packed_len() -> Result<usize, acceleration::AccelError> {
    acceleration::packed_len(3_usize, 3_usize, 2_usize)
}

// PROBE tiled: pack
// EXPECT: pub fn pack(matrix: MatRef<'_>, tile: usize, packed: &mut [f32]) -> Result<()>
fn tiled_pack(
    matrix: acceleration::MatRef<'_>,
    packed: &mut [f32],
) -> Result<(), acceleration::AccelError> {
    acceleration::pack(matrix, 2_usize, packed)
}

// PROBE parallel: matmul_parallel
// EXPECT: pub fn matmul_parallel(a: MatRef<'_>, b: MatRef<'_>, threads: usize) -> Result<Matrix>
fn parallel(
    a: acceleration::MatRef<'_>,
    b: acceleration::MatRef<'_>,
) -> Result<acceleration::Matrix, acceleration::AccelError> {
    acceleration::matmul_parallel(a, b, 2_usize)
}

// PROBE conv: im2col
// EXPECT: pub fn im2col(image: &Tensor, kernel: (usize, usize), window: Window) -> Result<Matrix>
fn conv_im2col(
    image: &Tensor,
    window: acceleration::Window,
) -> Result<acceleration::Matrix, acceleration::AccelError> {
    acceleration::im2col(image, (3_usize, 3_usize), window)
}

// PROBE conv: conv2d_naive
// EXPECT: pub fn conv2d_naive(input: &Tensor, weight: &Tensor, window: Window) -> Result<Tensor>
fn conv_naive(
    tensor: &Tensor,
    window: acceleration::Window,
) -> Result<Tensor, acceleration::AccelError> {
    acceleration::conv2d_naive(tensor, tensor, window)
}

// PROBE conv: conv2d_im2col
// EXPECT: pub fn conv2d_im2col(input: &Tensor, weight: &Tensor, window: Window) -> Result<Tensor>
fn conv_columns(
    tensor: &Tensor,
    window: acceleration::Window,
) -> Result<Tensor, acceleration::AccelError> {
    acceleration::conv2d_im2col(tensor, tensor, window)
}

// PROBE conv (timed): conv2d_naive
// EXPECT: pub fn conv2d_naive(input: &Tensor, weight: &Tensor, window: Window) -> Result<Tensor>
fn conv_naive_is_passed_on()
-> fn(&Tensor, &Tensor, acceleration::Window) -> Result<Tensor, acceleration::AccelError> {
    acceleration::conv2d_naive
}

// PROBE conv (timed): conv2d_im2col
// EXPECT: pub fn conv2d_im2col(input: &Tensor, weight: &Tensor, window: Window) -> Result<Tensor>
fn conv_columns_is_passed_on()
-> fn(&Tensor, &Tensor, acceleration::Window) -> Result<Tensor, acceleration::AccelError> {
    acceleration::conv2d_im2col
}

// PROBE backend: OptimizedBackend::new
// EXPECT: pub fn new(threads: usize) -> Result<Self>
fn backend_new() -> Result<acceleration::OptimizedBackend, acceleration::AccelError> {
    acceleration::OptimizedBackend::new(1_usize)
}

// PROBE backend: Operation
// EXPECT: pub enum Operation { MatMul, Conv2d(Window) }
fn backend_operation(window: acceleration::Window) -> [acceleration::Operation; 2] {
    [acceleration::Operation::MatMul, acceleration::Operation::Conv2d(window)]
}

// PROBE backend: Kernel
// EXPECT: pub enum Kernel { Naive, Reordered, Blocked, Tiled, Parallel, ConvNaive, ConvIm2col }, and no more
fn backend_kernel(kernel: acceleration::Kernel) -> u8 {
    match kernel {
        acceleration::Kernel::Naive => 0,
        acceleration::Kernel::Reordered => 1,
        acceleration::Kernel::Blocked => 2,
        acceleration::Kernel::Tiled => 3,
        acceleration::Kernel::Parallel => 4,
        acceleration::Kernel::ConvNaive => 5,
        acceleration::Kernel::ConvIm2col => 6,
    }
}

// PROBE backend: OptimizedBackend::choose
// EXPECT: pub fn choose(&self, operation: Operation, left: &[usize], right: &[usize]) -> Result<Kernel>
fn backend_choose(
    backend: &acceleration::OptimizedBackend,
    operation: acceleration::Operation,
) -> Result<acceleration::Kernel, acceleration::AccelError> {
    backend.choose(operation, &[1, 2], &[2, 3])
}

// PROBE backend: OptimizedBackend::dispatch
// EXPECT: pub fn dispatch(&self, operation: Operation, left: &Tensor, right: &Tensor) -> Result<Tensor>
fn backend_dispatch(
    backend: &acceleration::OptimizedBackend,
    operation: acceleration::Operation,
    tensor: &Tensor,
) -> Result<Tensor, acceleration::AccelError> {
    backend.dispatch(operation, tensor, tensor)
}

// PROBE roofline: Work
// EXPECT: #[derive(Clone, Copy)] pub struct Work { pub flops: u64, pub bytes: u64 }
fn roofline_work() -> [u64; 2] {
    let work = acceleration::Work { flops: 1, bytes: 2 };
    let copied = work;
    [work.flops, copied.bytes]
}

// PROBE roofline: Work::matmul
// EXPECT: pub fn matmul(m: usize, k: usize, n: usize) -> Self
fn roofline_matmul() -> acceleration::Work {
    acceleration::Work::matmul(1_usize, 2_usize, 3_usize)
}

// PROBE roofline: Work::matmul_blocked
// EXPECT: pub fn matmul_blocked(m: usize, k: usize, n: usize, block: usize) -> Result<Self>
fn roofline_blocked() -> Result<acceleration::Work, acceleration::AccelError> {
    acceleration::Work::matmul_blocked(1_usize, 2_usize, 3_usize, 4_usize)
}

// PROBE roofline: Work::conv2d
// EXPECT: pub fn conv2d(input: &[usize], weight: &[usize], window: Window) -> Result<Self>
fn roofline_conv(
    shape: &[usize; 4],
    window: acceleration::Window,
) -> Result<acceleration::Work, acceleration::AccelError> {
    acceleration::Work::conv2d(shape, shape, window)
}

// PROBE roofline: Work::im2col
// EXPECT: pub fn im2col(input: &[usize], weight: &[usize], window: Window) -> Result<Self>
fn roofline_im2col(
    shape: &[usize; 4],
    window: acceleration::Window,
) -> Result<acceleration::Work, acceleration::AccelError> {
    acceleration::Work::im2col(shape, shape, window)
}

// PROBE roofline: Work::intensity
// EXPECT: pub fn intensity(&self) -> Option<f64>
fn roofline_intensity(work: &acceleration::Work) -> Option<f64> {
    work.intensity()
}

// PROBE roofline: Roofline::new
// EXPECT: pub fn new(flops_per_second: f64, bytes_per_second: f64) -> Result<Self>
fn roofline_new() -> Result<acceleration::Roofline, acceleration::AccelError> {
    acceleration::Roofline::new(1e9, 1e9)
}

// PROBE roofline: Roofline::ridge
// EXPECT: pub fn ridge(&self) -> f64
fn roofline_ridge(roofline: &acceleration::Roofline) -> f64 {
    roofline.ridge()
}

// PROBE roofline: Roofline::attainable
// EXPECT: pub fn attainable(&self, work: &Work) -> f64
fn roofline_attainable(roofline: &acceleration::Roofline, work: &acceleration::Work) -> f64 {
    roofline.attainable(work)
}

// PROBE roofline: Roofline::bound
// EXPECT: pub fn bound(&self, work: &Work) -> Bound, with pub enum Bound { Memory, Compute }
fn roofline_bound(roofline: &acceleration::Roofline, work: &acceleration::Work) -> bool {
    match roofline.bound(work) {
        acceleration::Bound::Memory => true,
        acceleration::Bound::Compute => false,
    }
}

// PROBE roofline: Roofline::predict
// EXPECT: pub fn predict(&self, work: &Work) -> f64
fn roofline_predict(roofline: &acceleration::Roofline, work: &acceleration::Work) -> f64 {
    roofline.predict(work)
}

// PROBE roofline: Roofline::efficiency
// EXPECT: pub fn efficiency(&self, work: &Work, seconds: f64) -> Result<f64>
fn roofline_efficiency(
    roofline: &acceleration::Roofline,
    work: &acceleration::Work,
) -> Result<f64, acceleration::AccelError> {
    roofline.efficiency(work, 1.0)
}
