//! Task `tiled`, except for the product.

use super::contract::Operand;
use super::{Result, given};

pub(super) fn packed_len(rows: usize, columns: usize, tile: usize) -> Result<usize> {
    acceleration::packed_len(rows, columns, tile)
}

pub(super) fn pack(matrix: &Operand, tile: usize, length: usize) -> Result<Vec<f32>> {
    let mut packed = vec![f32::NAN; length];
    acceleration::pack(given::view(matrix)?, tile, &mut packed)?;
    Ok(packed)
}
