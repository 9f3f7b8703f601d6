//! One loop for every element-wise operation.
//!
//! Functions of a few instructions are limited by memory bandwidth, so their
//! results are collected without first being set to 0. Long functions
//! ([`apply_kernel`]) use the widest vectors of the machine.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use ndarray::{ArrayD, IxDyn, Zip};
use pulp::NullaryFnOnce;

use super::broadcast::{BroadcastBlocks, broadcast_shape};
use super::rows::{dispatch, elements};
use crate::{Result, Tensor};

/// `f` of each element.
pub(crate) fn map(x: &Tensor, f: impl Fn(f32) -> f32) -> Tensor {
    match x.as_slice() {
        // `move` tells the compiler that the loop does not change what `f`
        // captures.
        Some(slice) => from_elements(slice.iter().map(move |&x| f(x)).collect(), x.shape()),
        None => Tensor::from_array(x.data.mapv(f)),
    }
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
    if let (Some(l), Some(r)) = (left.as_slice(), right.as_slice()) {
        if let Some(blocks) = BroadcastBlocks::of(&shape, left.shape(), right.shape()) {
            return Ok(from_elements(zip_blocks(&blocks, l, r, f), &shape));
        }
        if let Some(blocks) = BroadcastBlocks::of(&shape, right.shape(), left.shape()) {
            return Ok(from_elements(zip_blocks(&blocks, r, l, |r, l| f(l, r)), &shape));
        }
    }
    Ok(zip_strided(left, right, &shape, f))
}

/// `f` of each pair of elements of two tensors of one shape.
pub(crate) fn zip_same(left: &Tensor, right: &Tensor, f: impl Fn(f32, f32) -> f32) -> Tensor {
    if let (Some(l), Some(r)) = (left.as_slice(), right.as_slice()) {
        return from_elements(l.iter().zip(r).map(|(&l, &r)| f(l, r)).collect(), left.shape());
    }
    zip_strided(left, right, left.shape(), f)
}

/// For a `narrow` tensor that is repeated to the shape of `full`.
fn zip_blocks(
    blocks: &BroadcastBlocks,
    full: &[f32],
    narrow: &[f32],
    f: impl Fn(f32, f32) -> f32,
) -> Vec<f32> {
    let mut result = Vec::with_capacity(full.len());
    for block in full.chunks_exact(blocks.middle * blocks.inner) {
        if blocks.inner == 1 {
            result.extend(block.iter().zip(narrow).map(|(&x, &y)| f(x, y)));
        } else {
            for (run, &y) in block.chunks_exact(blocks.inner).zip(narrow) {
                result.extend(run.iter().map(|&x| f(x, y)));
            }
        }
    }
    result
}

/// For any memory layout and any broadcasting.
fn zip_strided(
    left: &Tensor,
    right: &Tensor,
    shape: &[usize],
    f: impl Fn(f32, f32) -> f32,
) -> Tensor {
    // Both shapes have been checked, so broadcasting to them cannot fail.
    let (Some(l), Some(r)) = (left.data.broadcast(shape), right.data.broadcast(shape)) else {
        return Tensor::full(shape, f32::NAN);
    };
    Tensor::from_array(Zip::from(l).and(r).map_collect(|&a, &b| f(a, b)))
}

/// A tensor from as many elements as the shape holds.
pub(crate) fn from_elements(elements: Vec<f32>, shape: &[usize]) -> Tensor {
    debug_assert_eq!(elements.len(), shape.iter().product::<usize>());
    ArrayD::from_shape_vec(IxDyn(shape), elements)
        .map_or_else(|_| Tensor::full(shape, f32::NAN), Tensor::from_array)
}

/// The tensor that a gradient is computed from.
#[derive(Clone, Copy)]
pub(crate) enum GradientSource {
    /// The input.
    Input,
    /// The result.
    Output,
}

impl GradientSource {
    fn choose(self, input: &Tensor, output: Tensor) -> Tensor {
        match self {
            GradientSource::Input => input.detach(),
            GradientSource::Output => output,
        }
    }
}

impl Tensor {
    /// `f` of each element, recorded: the gradient is
    /// `derivative(kept element, gradient of the result)`.
    pub(crate) fn apply(
        &self,
        f: impl Fn(f32) -> f32,
        keep: GradientSource,
        derivative: impl Fn(f32, f32) -> f32 + Send + Sync + 'static,
    ) -> Tensor {
        map(self, f).record_with_output([self], |_, output| {
            let kept = keep.choose(self, output);
            Box::new(move |grad| Ok(vec![Some(zip_same(&kept, grad, &derivative))]))
        })
    }

    /// Like [`apply`](Tensor::apply), for long functions that are
    /// `#[inline(always)]`.
    pub(crate) fn apply_kernel(
        &self,
        f: impl Fn(f32) -> f32,
        keep: GradientSource,
        derivative: impl Fn(f32, f32) -> f32 + Copy + Send + Sync + 'static,
    ) -> Tensor {
        let mut result = vec![0.0; self.len()];
        dispatch(MapKernel { x: &elements(self), out: &mut result, f });
        from_elements(result, self.shape()).record_with_output([self], |_, output| {
            let kept = keep.choose(self, output);
            Box::new(move |grad| {
                let mut share = vec![0.0; kept.len()];
                let x = elements(&kept);
                let y = elements(grad);
                dispatch(ZipKernel { x: &x, y: &y, out: &mut share, f: derivative });
                Ok(vec![Some(from_elements(share, kept.shape()))])
            })
        })
    }
}

struct MapKernel<'a, F> {
    x: &'a [f32],
    out: &'a mut [f32],
    f: F,
}

impl<F: Fn(f32) -> f32> NullaryFnOnce for MapKernel<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (out, &x) in self.out.iter_mut().zip(self.x) {
            *out = (self.f)(x);
        }
    }
}

struct ZipKernel<'a, F> {
    x: &'a [f32],
    y: &'a [f32],
    out: &'a mut [f32],
    f: F,
}

impl<F: Fn(f32, f32) -> f32> NullaryFnOnce for ZipKernel<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (out, (&x, &y)) in self.out.iter_mut().zip(self.x.iter().zip(self.y)) {
            *out = (self.f)(x, y);
        }
    }
}
