//! The functions whose speed is measured, as kernels of a bench. The same file is built around the
//! student's crate and around the reference, whose naive rungs are the baseline. It knows nothing
//! of right or wrong.
//!
//! A kernel is left out when the interface of its task does not compile (`--cfg missing_naive`):
//! nothing of such a task is measured.

use acceleration::{AccelError, MatRef, Matrix};
use grader_driver::timed::{Bench, Kernel, decode, encode};
use grader_protocol::{Answer, Floats, StudentError};

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
    bench
}

/// Two matrices, row by row.
pub struct Operands(Matrix, Matrix);

fn load(input: &[u8]) -> Answer<Operands> {
    let ([m, k, n], Floats(a), Floats(b)): ([usize; 3], Floats, Floats) = decode(input)?;
    let matrix = |data, rows, columns| {
        Matrix::from_vec(data, rows, columns).map_err(|error| StudentError::of(&error))
    };
    Ok(Operands(matrix(a, m, k)?, matrix(b, k, n)?))
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
                encode(&(shape, Floats(product.into_vec())))
            }
        }
    };
}

rung!(missing_naive, Naive, acceleration::matmul_naive);
rung!(missing_reordered, Reordered, acceleration::matmul_reordered);
rung!(missing_blocked, Blocked, |a, b| acceleration::matmul_blocked(a, b, 64));
rung!(missing_tiled, Tiled, acceleration::matmul_tiled);
rung!(missing_parallel, Parallel, |a, b| acceleration::matmul_parallel(a, b, 2));
