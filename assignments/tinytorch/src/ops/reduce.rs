//! Reductions: over all elements, or along one axis.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use std::marker::PhantomData;

use ndarray::{ArrayD, Axis, IxDyn};
use pulp::NullaryFnOnce;

use super::elementwise::from_elements;
use super::rows::{self, dispatch, elements};
use crate::{Result, Tensor, TensorError};

impl Tensor {
    /// The sum of all elements; 0 if there are none.
    pub fn sum(&self) -> f32 {
        self.data.sum()
    }

    /// The mean of all elements; NaN if there are none.
    pub fn mean(&self) -> f32 {
        self.data.sum() / self.len() as f32
    }

    /// [`sum`](Tensor::sum) as a tensor of shape `[]`, which
    /// [`backward`](Tensor::backward) can start from.
    pub fn sum_all(&self) -> Tensor {
        Tensor::scalar(self.sum()).record([self], |_| {
            let shape = self.shape().to_vec();
            Box::new(move |grad| Ok(vec![Some(Tensor::full(&shape, grad.sum()))]))
        })
    }

    /// [`mean`](Tensor::mean) as a tensor of shape `[]`, which
    /// [`backward`](Tensor::backward) can start from.
    pub fn mean_all(&self) -> Tensor {
        Tensor::scalar(self.mean()).record([self], |_| {
            let shape = self.shape().to_vec();
            let count = self.len() as f32;
            Box::new(move |grad| Ok(vec![Some(Tensor::full(&shape, grad.sum() / count))]))
        })
    }

    /// Sums along `axis`, and removes that axis.
    ///
    /// # Shapes
    /// `[a, b, c]` along axis 1 to `[a, c]`.
    ///
    /// # Errors
    /// When there is no such axis.
    pub fn sum_axis(&self, axis: usize) -> Result<Tensor> {
        self.check_axis("sum_axis", axis)?;
        Ok(reduce(self, axis, SumOp).record([self], |_| {
            let length = self.shape()[axis];
            Box::new(move |grad| Ok(vec![Some(repeat(grad, axis, length))]))
        }))
    }

    /// Means along `axis`, and removes that axis.
    ///
    /// # Errors
    /// When there is no such axis, or its length is 0.
    pub fn mean_axis(&self, axis: usize) -> Result<Tensor> {
        self.check_axis_filled("mean_axis", axis)?;
        let length = self.shape()[axis];
        let factor = 1.0 / length as f32;
        let means = reduce(self, axis, SumOp).mul_scalar(factor);
        Ok(means.record([self], |_| {
            Box::new(move |grad| Ok(vec![Some(repeat(&grad.mul_scalar(factor), axis, length))]))
        }))
    }

    /// The largest elements along `axis`, which is removed. A NaN counts as the
    /// largest, so that it is not lost.
    ///
    /// The gradient goes to the first of equal elements, the one that
    /// [`argmax_axis`](Tensor::argmax_axis) returns; the others get 0.
    ///
    /// # Errors
    /// When there is no such axis, or its length is 0.
    pub fn max_axis(&self, axis: usize) -> Result<Tensor> {
        self.check_axis_filled("max_axis", axis)?;
        Ok(reduce(self, axis, MaxOp).record([self], |_| {
            let input = self.detach();
            Box::new(move |grad| {
                let mut share = ArrayD::zeros(IxDyn(input.shape()));
                let lanes = share.lanes_mut(Axis(axis)).into_iter();
                for ((mut lane, at), &g) in lanes.zip(input.argmax_axis(axis)?).zip(&grad.data) {
                    lane[at] = g;
                }
                Ok(vec![Some(Tensor::from_array(share))])
            })
        }))
    }

    /// The positions of the largest elements along `axis`: one for each element
    /// of [`max_axis`](Tensor::max_axis), row by row. The first of equal
    /// elements wins; a NaN counts as the largest.
    ///
    /// # Errors
    /// When there is no such axis, or its length is 0.
    pub fn argmax_axis(&self, axis: usize) -> Result<Vec<usize>> {
        self.check_axis_filled("argmax_axis", axis)?;
        let mut order: Vec<usize> = (0..self.ndim()).filter(|&i| i != axis).collect();
        order.push(axis);
        let lanes = self.detach().permute(&order)?;
        let first_largest = |lane: &[f32]| {
            let top = rows::max(lane, 1.0);
            // If the maximum is NaN, the first NaN; otherwise there is none.
            let is_top = |&x: &f32| x >= top || x.is_nan();
            lane.iter().position(is_top).unwrap_or_default()
        };
        Ok(elements(&lanes).chunks_exact(self.shape()[axis]).map(first_largest).collect())
    }

    fn check_axis_filled(&self, op: &'static str, axis: usize) -> Result<()> {
        self.check_axis(op, axis)?;
        if self.shape()[axis] > 0 {
            return Ok(());
        }
        let reason = format!("axis {axis} is empty");
        Err(TensorError::shape(op, self.shape(), reason))
    }
}

/// The tensor repeated along a new axis.
fn repeat(tensor: &Tensor, axis: usize, length: usize) -> Tensor {
    let mut shape = tensor.shape().to_vec();
    shape.insert(axis, length);
    let inner: usize = shape[axis + 1..].iter().product();
    let mut repeated = Vec::with_capacity(tensor.len() * length);
    let elements = elements(tensor);
    if inner == 1 {
        for &element in elements.iter() {
            repeated.resize(repeated.len() + length, element);
        }
    } else {
        for run in elements.chunks_exact(inner.max(1)) {
            (0..length).for_each(|_| repeated.extend_from_slice(run));
        }
    }
    from_elements(repeated, &shape)
}

/// How a reduction combines numbers.
trait ReduceOp {
    /// The result for no numbers.
    const START: f32;
    fn join(a: f32, b: f32) -> f32;
    fn row(row: &[f32]) -> f32;
}

struct SumOp;
struct MaxOp;

impl ReduceOp for SumOp {
    const START: f32 = 0.0;

    #[inline(always)]
    fn join(a: f32, b: f32) -> f32 {
        a + b
    }

    #[inline(always)]
    fn row(row: &[f32]) -> f32 {
        rows::sum(row, |x| x)
    }
}

impl ReduceOp for MaxOp {
    const START: f32 = f32::NEG_INFINITY;

    #[inline(always)]
    fn join(a: f32, b: f32) -> f32 {
        larger(a, b)
    }

    #[inline(always)]
    fn row(row: &[f32]) -> f32 {
        rows::max(row, 1.0)
    }
}

/// Reduces along an axis that exists.
fn reduce<J: ReduceOp>(tensor: &Tensor, axis: usize, _: J) -> Tensor {
    let shape = tensor.shape();
    let reduced = [&shape[..axis], &shape[axis + 1..]].concat();
    let mut out = vec![J::START; reduced.iter().product()];
    let length = shape[axis];
    let inner = shape[axis + 1..].iter().product();
    if !tensor.is_empty() {
        let x = &elements(tensor);
        dispatch(ReduceAxis { join: PhantomData::<J>, x, length, inner, out: &mut out });
    }
    from_elements(out, &reduced)
}

/// `x` is `[outer, length, inner]`, `out` is `[outer, inner]`.
struct ReduceAxis<'a, J> {
    join: PhantomData<J>,
    x: &'a [f32],
    length: usize,
    inner: usize,
    out: &'a mut [f32],
}

impl<J: ReduceOp> NullaryFnOnce for ReduceAxis<'_, J> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let blocks = self.x.chunks_exact(self.length * self.inner);
        for (block, out) in blocks.zip(self.out.chunks_exact_mut(self.inner)) {
            if self.inner == 1 {
                out[0] = J::row(block);
                continue;
            }
            for run in block.chunks_exact(self.inner) {
                for (out, &x) in out.iter_mut().zip(run) {
                    *out = J::join(*out, x);
                }
            }
        }
    }
}

/// The larger of two numbers; NaN if one of them is.
#[inline(always)]
pub(crate) fn larger(a: f32, b: f32) -> f32 {
    if exceeds(b, a) { b } else { a }
}

/// `candidate > best`, where NaN is above every number.
#[inline(always)]
pub(crate) fn exceeds(candidate: f32, best: f32) -> bool {
    // No lazy operators, so no branches: loops compile to vector instructions.
    (candidate > best) | (candidate.is_nan() & !best.is_nan())
}
