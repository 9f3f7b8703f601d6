//! Task `parallel`: rows of the result on several threads.

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
    let _ = (&a, &b, &threads); // Not used yet: goes with the todo!.
    todo!("refuse 0 threads, cut the rows into as many parts, and start a thread for each")
}
