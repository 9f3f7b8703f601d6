//! Back from a broadcast shape.

use ndarray::Axis;

use crate::Tensor;

/// The gradient of a tensor that was broadcast to `gradient`'s shape: an element
/// that was repeated gets the sum over its repetitions.
///
/// # Shapes
/// The result has `shape`, which broadcasts to that of `gradient`.
pub(crate) fn unbroadcast(gradient: &Tensor, shape: &[usize]) -> Tensor {
    if gradient.shape() == shape {
        return gradient.clone();
    }
    let mut sum = gradient.detach().data;
    while sum.ndim() > shape.len() {
        sum = sum.sum_axis(Axis(0)).into_shared();
    }
    for (axis, &length) in shape.iter().enumerate() {
        if length == 1 && sum.shape()[axis] != 1 {
            sum = sum.sum_axis(Axis(axis)).insert_axis(Axis(axis)).into_shared();
        }
    }
    Tensor { data: sum, node: None }
}
