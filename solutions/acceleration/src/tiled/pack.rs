//! Task `tiled`, first part: packs operands into the order in which the innermost loop reads them.

// BEGIN SOLUTION: -
use crate::AccelError;
// END SOLUTION
use crate::{MatRef, Result};

/// The number of elements that [`pack`] writes for a matrix of this many rows and columns: whole panels of `tile`
/// rows, with the last one padded.
///
/// # Errors
/// [`AccelError::BadBlock`](crate::AccelError::BadBlock) when `tile` is 0.
pub fn packed_len(rows: usize, columns: usize, tile: usize) -> Result<usize> {
    // BEGIN SOLUTION: refuse tiles of 0, and count whole panels
    if tile == 0 {
        return Err(AccelError::BadBlock { operation: "pack" });
    }
    Ok(rows.div_ceil(tile) * tile * columns)
    // END SOLUTION
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
    // BEGIN SOLUTION: check the length, then fill one panel after the other
    let rows = matrix.rows();
    let columns = matrix.columns();
    let expected = packed_len(rows, columns, tile)?;
    if packed.len() != expected {
        let reason = format!("packs into {expected} numbers, the buffer has {}", packed.len());
        return Err(AccelError::BadMatrix { shape: [rows, columns], reason });
    }
    if columns == 0 {
        return Ok(());
    }
    for (at, panel) in packed.chunks_exact_mut(tile * columns).enumerate() {
        let end = rows.min((at + 1) * tile);
        let part = matrix.part(at * tile..end, 0..columns);
        if part.rows() < tile {
            panel.fill(0.0);
        }
        fill_panel(part, tile, panel);
    }
    Ok(())
    // END SOLUTION
}

// BEGIN SOLUTION: -
/// Packs one panel along the direction in which its elements are contiguous.
#[inline]
fn fill_panel(part: MatRef<'_>, tile: usize, panel: &mut [f32]) {
    let rows = part.rows();
    if part.row_stride() == 1 {
        for (p, column) in panel.chunks_exact_mut(tile).enumerate() {
            if let Some(source) = part.t().row(p) {
                column[..rows].copy_from_slice(source);
            }
        }
        return;
    }
    for i in 0..rows {
        let targets = panel[i..].iter_mut().step_by(tile);
        match part.row(i) {
            Some(row) => targets.zip(row).for_each(|(target, x)| *target = *x),
            None => targets.enumerate().for_each(|(p, target)| *target = part.at(i, p)),
        }
    }
}
// END SOLUTION
