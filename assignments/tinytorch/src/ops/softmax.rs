//! Softmax and its logarithm.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use pulp::NullaryFnOnce;

use super::elementwise::from_elements;
use super::math::exp;
use super::rows::{self, dispatch, elements};
use crate::{Result, Tensor};

impl Tensor {
    /// `exp(x) / sum(exp(x))` along `axis`: numbers between 0 and 1 that add up
    /// to 1. The largest element is subtracted first to prevent overflow.
    ///
    /// # Shapes
    /// The shape stays.
    ///
    /// # Errors
    /// When there is no such axis.
    ///
    /// # Cost
    /// No copy along the last axis; two along any other.
    pub fn softmax(&self, axis: usize) -> Result<Tensor> {
        self.check_axis("softmax", axis)?;
        let result = by_row(SoftmaxKernel, [self, self], axis)?;
        Ok(result.record_with_output([self], |_, softmax| {
            Box::new(move |grad| Ok(vec![Some(by_row(SoftmaxGradient, [&softmax, grad], axis)?)]))
        }))
    }

    /// The logarithm of [`softmax`](Tensor::softmax). It is accurate even where
    /// the softmax itself rounds to 0.
    ///
    /// # Shapes
    /// The shape stays.
    ///
    /// # Errors
    /// When there is no such axis.
    pub fn log_softmax(&self, axis: usize) -> Result<Tensor> {
        self.check_axis("log_softmax", axis)?;
        let result = by_row(LogSoftmax, [self, self], axis)?;
        Ok(result.record_with_output([self], |_, logarithms| {
            Box::new(move |grad| {
                Ok(vec![Some(by_row(LogSoftmaxGradient, [&logarithms, grad], axis)?)])
            })
        }))
    }
}

/// A computation on one row, or on two rows of the same length.
trait RowKernel {
    fn row(&self, x: &[f32], y: &[f32], out: &mut [f32]);
}

struct SoftmaxKernel;
struct SoftmaxGradient;
struct LogSoftmax;
struct LogSoftmaxGradient;

impl RowKernel for SoftmaxKernel {
    #[inline(always)]
    fn row(&self, x: &[f32], _: &[f32], out: &mut [f32]) {
        rows::softmax(x, 1.0, out);
    }
}

impl RowKernel for SoftmaxGradient {
    #[inline(always)]
    fn row(&self, softmax: &[f32], grad: &[f32], out: &mut [f32]) {
        rows::softmax_gradient(softmax, grad, 1.0, out);
    }
}

impl RowKernel for LogSoftmax {
    #[inline(always)]
    fn row(&self, x: &[f32], _: &[f32], out: &mut [f32]) {
        let (top, log_sum) = rows::log_sum_exp(x);
        // In this order, because the sum of both could lose the smaller one.
        rows::map(x, out, |x| (x - top) - log_sum);
    }
}

impl RowKernel for LogSoftmaxGradient {
    /// `g - softmax(x) sum(g)`
    #[inline(always)]
    fn row(&self, logarithms: &[f32], grad: &[f32], out: &mut [f32]) {
        let total = rows::sum(grad, |g| g);
        rows::zip(logarithms, grad, out, |x, g| g - exp(x) * total);
    }
}

/// Runs the kernel on each lane along `axis` of two tensors of the same shape.
fn by_row(kernel: impl RowKernel, inputs: [&Tensor; 2], axis: usize) -> Result<Tensor> {
    let last = inputs[0].ndim() - 1;
    let [x, y] = inputs.map(Tensor::detach);
    let x = x.transpose(axis, last)?;
    let y = y.transpose(axis, last)?;
    let mut out = vec![0.0; x.len()];
    let length = x.shape()[last].max(1);
    let shape = x.shape().to_vec();
    dispatch(RowPass { kernel, x: &elements(&x), y: &elements(&y), length, out: &mut out });
    let result = from_elements(out, &shape).transpose(axis, last)?;
    if axis == last { Ok(result) } else { Ok(from_elements(result.to_vec(), result.shape())) }
}

struct RowPass<'a, K> {
    kernel: K,
    x: &'a [f32],
    y: &'a [f32],
    length: usize,
    out: &'a mut [f32],
}

impl<K: RowKernel> NullaryFnOnce for RowPass<'_, K> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let pairs = self.x.chunks_exact(self.length).zip(self.y.chunks_exact(self.length));
        for ((x, y), out) in pairs.zip(self.out.chunks_exact_mut(self.length)) {
            self.kernel.row(x, y, out);
        }
    }
}
