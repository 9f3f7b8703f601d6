//! The functions whose speed is measured, as kernels of a bench. The same file is built around the
//! student's crate and around the reference, whose naive rungs are the baseline. It knows nothing
//! of right or wrong.
//!
//! A kernel is left out when the interface of its task does not compile (`--cfg missing_naive`):
//! nothing of such a task is measured.

#![allow(unexpected_cfgs, reason = "`missing_*` is set only when a submission is compiled")]

use super::contract::{ProductInput, ProductOutput};
use acceleration::{AccelError, MatRef, Matrix};
use grader_driver::timed::{Bench, Kernel, decode, encode};
use grader_protocol::{Answer, Floats, StudentError};
use tinytorch::Tensor;

/// Every kernel that there is.
pub fn bench() -> Bench {
    let bench = Bench::default();
    #[cfg(not(missing_naive))]
    let bench = bench.with::<Naive>("naive");
    #[cfg(not(missing_reordered))]
    let bench = bench.with::<Reordered>("reordered");
    #[cfg(not(missing_blocked))]
    let bench = bench.with::<Blocked>("blocked");
    #[cfg(not(missing_tiled))]
    let bench = bench.with::<Tiled>("tiled");
    #[cfg(not(missing_parallel))]
    let bench = bench.with::<Parallel>("parallel");
    #[cfg(not(missing_conv))]
    let bench = bench.with::<conv::Naive>("conv_naive").with::<conv::Im2col>("conv_im2col");
    #[cfg(not(missing_backend))]
    let bench = bench.with::<Dispatch>("dispatch");
    bench
}

/// Two matrices, row by row.
pub struct Operands(Matrix, Matrix);

fn load(input: &[u8]) -> Answer<Operands> {
    let ProductInput { shape: [m, k, n], left, right } = decode(input)?;
    let matrix = |data, rows, columns| {
        Matrix::from_vec(data, rows, columns).map_err(|error| StudentError::of(&error))
    };
    Ok(Operands(matrix(left.0, m, k)?, matrix(right.0, k, n)?))
}

/// A kernel of one product of matrices.
macro_rules! rung {
    ($missing:ident, $name:ident, $multiply:expr) => {
        #[cfg(not($missing))]
        #[derive(Default)]
        struct $name;

        #[cfg(not($missing))]
        impl Kernel for $name {
            type Input = Operands;
            type Output = Matrix;

            fn load(&mut self, input: &[u8]) -> Answer<Operands> {
                load(input)
            }

            fn call(&mut self, Operands(a, b): &mut Operands) -> Answer<Matrix> {
                let multiply: fn(MatRef<'_>, MatRef<'_>) -> Result<Matrix, AccelError> = $multiply;
                multiply(a.view(), b.view()).map_err(|error| StudentError::of(&error))
            }

            fn fetch(&mut self, product: Matrix) -> Answer<Vec<u8>> {
                let shape = (product.rows(), product.columns());
                encode(&ProductOutput { shape, data: Floats(product.into_vec()) })
            }
        }
    };
}

rung!(missing_naive, Naive, acceleration::matmul_naive);
rung!(missing_reordered, Reordered, acceleration::matmul_reordered);
rung!(missing_blocked, Blocked, |a, b| acceleration::matmul_blocked(a, b, 64));
rung!(missing_tiled, Tiled, acceleration::matmul_tiled);
rung!(missing_parallel, Parallel, |a, b| acceleration::matmul_parallel(a, b, 2));

/// What a backend of one thread makes of a product.
#[cfg(not(missing_backend))]
#[derive(Default)]
struct Dispatch;

#[cfg(not(missing_backend))]
impl Kernel for Dispatch {
    type Input = (Tensor, Tensor);
    type Output = Tensor;

    fn load(&mut self, input: &[u8]) -> Answer<Self::Input> {
        let ProductInput { shape: [m, k, n], left, right } = decode(input)?;
        Ok((tensor(left.0, &[m, k])?, tensor(right.0, &[k, n])?))
    }

    fn call(&mut self, (a, b): &mut Self::Input) -> Answer<Tensor> {
        use acceleration::{Operation, OptimizedBackend};
        let product =
            OptimizedBackend::new(1).and_then(|one| one.dispatch(Operation::MatMul, a, b));
        product.map_err(|error| StudentError::of(&error))
    }

    fn fetch(&mut self, product: Tensor) -> Answer<Vec<u8>> {
        let side = |axis: usize| product.shape().get(axis).copied().unwrap_or(0);
        encode(&ProductOutput { shape: (side(0), side(1)), data: Floats(product.to_vec()) })
    }
}

#[allow(dead_code, reason = "unused when the tasks that take tensors are missing")]
fn tensor(data: Vec<f32>, shape: &[usize]) -> Answer<Tensor> {
    Tensor::from_vec(data, shape).map_err(|error| StudentError::of(&error))
}

/// The two ways to convolve.
#[cfg(not(missing_conv))]
mod conv {
    use super::super::contract::ConvolutionInput;
    use super::{Answer, Kernel, StudentError, Tensor, decode, encode};
    use acceleration::{AccelError, Window};

    /// An input, its filters and how they move.
    pub struct Operands(Tensor, Tensor, Window);

    macro_rules! way {
        ($name:ident, $convolve:path) => {
            #[derive(Default)]
            pub struct $name;

            impl Kernel for $name {
                type Input = Operands;
                type Output = Tensor;

                fn load(&mut self, input: &[u8]) -> Answer<Operands> {
                    load(input)
                }

                fn call(
                    &mut self,
                    Operands(input, weight, window): &mut Operands,
                ) -> Answer<Tensor> {
                    let convolve: fn(&Tensor, &Tensor, Window) -> Result<Tensor, AccelError> =
                        $convolve;
                    convolve(input, weight, *window).map_err(|error| StudentError::of(&error))
                }

                fn fetch(&mut self, output: Tensor) -> Answer<Vec<u8>> {
                    encode(&course_data::array(&output))
                }
            }
        };
    }

    way!(Naive, acceleration::conv2d_naive);
    way!(Im2col, acceleration::conv2d_im2col);

    fn load(bytes: &[u8]) -> Answer<Operands> {
        let ConvolutionInput { image, weight, padding } = decode(bytes)?;
        let window = Window { stride: (1, 1), padding: (padding, padding) };
        Ok(Operands(course_data::tensor(&image)?, course_data::tensor(&weight)?, window))
    }
}
