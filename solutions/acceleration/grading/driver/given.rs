//! Converts between plain data and the given types: matrices, tensors, windows.

#![allow(dead_code, reason = "some of it is for tasks that may be missing")]

use super::Result;
use super::contract::{self, Array, Operand, Product};
use acceleration::{MatRef, Matrix, Window};
use tinytorch::Tensor;

/// Calls a rung on views of the operands.
pub(super) fn multiply(
    a: &Operand,
    b: &Operand,
    rung: impl FnOnce(MatRef<'_>, MatRef<'_>) -> Result<Matrix>,
) -> Result<Product> {
    rung(view(a)?, view(b)?).map(|product| converted(&product))
}

pub(super) fn view(of: &Operand) -> Result<MatRef<'_>> {
    MatRef::strided(&of.data, of.shape, of.strides)
}

pub(super) fn converted(matrix: &Matrix) -> Product {
    Product { shape: (matrix.rows(), matrix.columns()), data: matrix.as_slice().to_vec() }
}

/// Converts to a tensor, which is a view if its axes are permuted.
pub(super) fn tensor(of: &Array) -> Result<Tensor> {
    let whole = Tensor::from_vec(of.data.clone(), &of.shape)?;
    Ok(if of.axes.is_empty() { whole } else { whole.permute(&of.axes)? })
}

pub(super) fn array(tensor: &Tensor) -> Array {
    Array { shape: tensor.shape().to_vec(), data: tensor.to_vec(), axes: Vec::new() }
}

pub(super) fn window(of: contract::Window) -> Window {
    Window { stride: of.stride, padding: of.padding }
}
