//! The rungs of the ladder: matrices in, matrices out.

use super::contract::{Operand, Product};
use super::{Result, given};
use acceleration::{MatRef, Matrix};

/// Calls a rung on views of the operands.
pub(super) fn multiply(
    a: &Operand,
    b: &Operand,
    rung: impl FnOnce(MatRef<'_>, MatRef<'_>) -> Result<Matrix>,
) -> Result<Product> {
    rung(view(a), view(b)).map(|product| converted(&product))
}

fn view(of: &Operand) -> MatRef<'_> {
    given(MatRef::strided(&of.data, of.shape, of.strides))
}

pub(super) fn converted(matrix: &Matrix) -> Product {
    Product { shape: (matrix.rows(), matrix.columns()), data: matrix.as_slice().to_vec() }
}
