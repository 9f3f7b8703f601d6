//! Task `parallel`: rows of the result on several threads.

// BEGIN SOLUTION: -
use crate::AccelError;
use crate::add_matmul_tiled;
// END SOLUTION
use crate::{MatRef, Matrix, Result};

/// The product on up to `threads` threads, each of which computes rows of its own with the tiles of
/// `matmul_tiled`. [`std::thread::scope`] lets threads borrow, and `chunks_mut` gives each of them a part
/// of C that nobody else can touch: so there is nothing to lock, and no race compiles.
///
/// # Shapes
/// `[m, k] x [k, n]` to `[m, n]`. Any of them may be 0; rows need not be a multiple of threads, and
/// there may be more threads than rows: then some are not needed, and none is started for nothing.
///
/// # Errors
/// [`AccelError::NoThreads`](crate::AccelError::NoThreads) when `threads` is 0, else
/// [`AccelError::ShapeMismatch`](crate::AccelError::ShapeMismatch), of `matmul_parallel`.
///
/// # Cost
/// 2 m k n FLOPs, shared. Starting a thread costs some 20 microseconds, in which one thread does a
/// million multiply-accumulates.
pub fn matmul_parallel(a: MatRef<'_>, b: MatRef<'_>, threads: usize) -> Result<Matrix> {
    // BEGIN SOLUTION: refuse 0 threads, cut the rows into as many parts, and start a thread for each
    if threads == 0 {
        return Err(AccelError::NoThreads { operation: "matmul_parallel" });
    }
    let (m, _, n) = a.product_shape(&b, "matmul_parallel")?;
    let mut c = Matrix::zeros(m, n);
    if m == 0 || n == 0 {
        return Ok(c);
    }
    let share = m.div_ceil(threads);
    let mut shares = c.as_mut_slice().chunks_mut(share * n).enumerate();
    let multiply = |(at, c): (usize, &mut [f32])| {
        let first = at * share;
        let rows = first..first + c.len() / n;
        add_matmul_tiled(a.part(rows, 0..a.columns()), b, c)
    };
    std::thread::scope(|scope| {
        // This thread works too, on the first share.
        let own = shares.next();
        let others: Vec<_> = shares.map(|share| scope.spawn(move || multiply(share))).collect();
        own.map_or(Ok(()), multiply)?;
        others.into_iter().try_for_each(|other| match other.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    Ok(c)
    // END SOLUTION
}
