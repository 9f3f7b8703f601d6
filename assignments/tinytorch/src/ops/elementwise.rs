//! One loop for every operation that works element by element.

use ndarray::{ArrayD, IxDyn, Zip};

use super::arithmetic::broadcast_shape;
use crate::{Result, Tensor};

/// `f` of each element.
pub(crate) fn map(x: &Tensor, f: impl Fn(f32) -> f32) -> Tensor {
    Tensor::from_array(x.data.mapv(f))
}

/// `f` of each pair of elements, with broadcasting.
///
/// # Errors
/// When the shapes do not broadcast; the error names `op`.
pub(crate) fn zip(
    op: &'static str,
    left: &Tensor,
    right: &Tensor,
    f: impl Fn(f32, f32) -> f32,
) -> Result<Tensor> {
    if left.shape() == right.shape() {
        return Ok(zip_same(left, right, f));
    }
    let shape = broadcast_shape(op, left.shape(), right.shape())?;
    Ok(zip_strided(left, right, &shape, f))
}

/// `f` of each pair of elements of two tensors of one shape.
pub(crate) fn zip_same(left: &Tensor, right: &Tensor, f: impl Fn(f32, f32) -> f32) -> Tensor {
    if let (Some(l), Some(r)) = (left.as_slice(), right.as_slice()) {
        return from_elements(l.iter().zip(r).map(|(&a, &b)| f(a, b)).collect(), left.shape());
    }
    zip_strided(left, right, left.shape(), f)
}

/// Any layout, any broadcasting.
fn zip_strided(
    left: &Tensor,
    right: &Tensor,
    shape: &[usize],
    f: impl Fn(f32, f32) -> f32,
) -> Tensor {
    // Both shapes were checked; broadcasting to them cannot fail.
    let (Some(l), Some(r)) = (left.data.broadcast(shape), right.data.broadcast(shape)) else {
        return Tensor::full(shape, f32::NAN);
    };
    Tensor::from_array(Zip::from(l).and(r).map_collect(|&a, &b| f(a, b)))
}

/// A tensor of as many elements as the shape holds.
pub(crate) fn from_elements(elements: Vec<f32>, shape: &[usize]) -> Tensor {
    debug_assert_eq!(elements.len(), shape.iter().product::<usize>());
    ArrayD::from_shape_vec(IxDyn(shape), elements)
        .map_or_else(|_| Tensor::full(shape, f32::NAN), Tensor::from_array)
}

/// What a gradient is computed from.
#[derive(Clone, Copy)]
pub(crate) enum Keep {
    /// The input.
    Input,
    /// The result.
    Output,
}

impl Tensor {
    /// `f` of each element, recorded: the gradient is
    /// `derivative(kept element, gradient of the result)`.
    pub(crate) fn apply(
        &self,
        f: impl Fn(f32) -> f32,
        keep: Keep,
        derivative: impl Fn(f32, f32) -> f32 + Send + Sync + 'static,
    ) -> Tensor {
        map(self, f).record_with_output([self], |_, output| {
            let kept = match keep {
                Keep::Input => self.detach(),
                Keep::Output => output,
            };
            Box::new(move |grad| Ok(vec![Some(zip_same(&kept, grad, &derivative))]))
        })
    }
}
