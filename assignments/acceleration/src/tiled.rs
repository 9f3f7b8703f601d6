//! Task `tiled`: a product whose innermost loop works in registers.

mod buffer;
mod kernel;
mod pack;

use tinytorch::simd::Arch;

use crate::{AccelError, MatRef, Matrix, Result};
pub use buffer::Buffer;
use kernel::Gemm;
pub use pack::{pack, packed_len};

/// The product by tiles: a small rectangle of C stays in vector registers while all of its products
/// are added up. The operands have been packed into the order in which they are read.
///
/// You write [`pack`], this function, and the code in `tiled/kernel.rs` that is compiled for each
/// processor.
///
/// # Shapes
/// `[m, k] x [k, n]` to `[m, n]`. Any of them may be 0; none needs to be a multiple of a tile.
///
/// # Errors
/// [`AccelError::ShapeMismatch`] of `matmul_tiled`.
///
/// # Cost
/// 2 m k n FLOPs, with up to two registers of multiply-accumulates per cycle.
///
/// Source: Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
pub fn matmul_tiled(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix> {
    let _ = (&a, &b); // Not used yet: goes with the todo!.
    todo!("ask `a` for the product's shape, and add the product to a matrix of zeros")
}

/// Adds the product to `c`, `[m, n]` row by row: threads and images can each have a part of their own.
/// Given. Its kernel is compiled once for each kind of processor; see [`tinytorch::simd`].
///
/// # Errors
/// [`AccelError::ShapeMismatch`] of `matmul_tiled`, [`AccelError::BadMatrix`] when `c` does not have
/// m x n elements.
pub fn add_matmul_tiled(a: MatRef<'_>, b: MatRef<'_>, c: &mut [f32]) -> Result<()> {
    let (m, k, n) = a.product_shape(&b, "matmul_tiled")?;
    if c.len() != m * n {
        let reason = format!("the result's slice has {} elements", c.len());
        return Err(AccelError::BadMatrix { shape: [m, n], reason });
    }
    if m * k * n == 0 {
        return Ok(());
    }
    Arch::new().dispatch(Gemm::new(a, b, c))
}
