//! Task `tiled`, first part: packs operands into the order in which the innermost loop reads them.

use crate::{MatRef, Result};

/// The number of elements that [`pack`] writes for a matrix of this many rows and columns: whole panels of `tile`
/// rows, with the last one padded.
///
/// # Errors
/// [`AccelError::BadBlock`](crate::AccelError::BadBlock) when `tile` is 0.
pub fn packed_len(rows: usize, columns: usize, tile: usize) -> Result<usize> {
    let _ = (&rows, &columns, &tile); // Not used yet: goes with the todo!.
    todo!("refuse tiles of 0, and count whole panels")
}

/// Packs a matrix into panels of `tile` rows. A panel holds its first column (`tile` numbers), then its second, and
/// so on; missing rows of the last panel are zeros.
///
/// With `tile` 2, `[[1, 2, 3], [4, 5, 6], [7, 8, 9]]` becomes `1 4 2 5 3 6`, `7 0 8 0 9 0`. The right operand needs
/// panels of columns, which are the panels of rows of its transpose.
///
/// The old contents of `packed` must not matter: the buffer is reused.
///
/// # Shapes
/// `[rows, columns]` to `[rows / tile, rounded up, columns, tile]`.
///
/// # Errors
/// [`AccelError::BadBlock`](crate::AccelError::BadBlock) when `tile` is 0,
/// [`AccelError::BadMatrix`](crate::AccelError::BadMatrix) when `packed` does not have the length from
/// [`packed_len`].
///
/// # Cost
/// Each element is read and written once. That is little compared with the product, which uses each of them many
/// times. Still, a panel whose elements are contiguous in memory can be copied much faster than element by element.
pub fn pack(matrix: MatRef<'_>, tile: usize, packed: &mut [f32]) -> Result<()> {
    let _ = (&matrix, &tile, &packed); // Not used yet: goes with the todo!.
    todo!("check the length, then fill one panel after the other")
}
