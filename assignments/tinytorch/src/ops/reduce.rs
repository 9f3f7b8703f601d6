//! Many numbers into one: over all elements, or along one axis.

use ndarray::{ArrayD, Axis, IxDyn};

use crate::{Result, Tensor, TensorError};

impl Tensor {
    /// The sum of all elements; 0 if there is none.
    pub fn sum(&self) -> f32 {
        self.data.sum()
    }

    /// The mean of all elements; NaN if there is none.
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
            let (shape, count) = (self.shape().to_vec(), self.len() as f32);
            Box::new(move |grad| Ok(vec![Some(Tensor::full(&shape, grad.sum() / count))]))
        })
    }

    /// Sums along `axis`, which the result no longer has.
    ///
    /// # Shapes
    /// `[a, b, c]` along axis 1 to `[a, c]`.
    ///
    /// # Errors
    /// When there is no such axis.
    pub fn sum_axis(&self, axis: usize) -> Result<Tensor> {
        self.check_axis("sum_axis", axis)?;
        let sums = Tensor::from_array(self.data.sum_axis(Axis(axis)));
        Ok(sums.record([self], |_| {
            let length = self.shape()[axis];
            Box::new(move |grad| Ok(vec![Some(repeat(grad, axis, length))]))
        }))
    }

    /// Means along `axis`, which the result no longer has.
    ///
    /// # Errors
    /// When there is no such axis, or its length is 0.
    pub fn mean_axis(&self, axis: usize) -> Result<Tensor> {
        self.check_axis_filled("mean_axis", axis)?;
        let length = self.shape()[axis];
        let factor = 1.0 / length as f32;
        let sums = Tensor::from_array(self.data.sum_axis(Axis(axis)));
        Ok(sums.mul_scalar(factor).record([self], |_| {
            Box::new(move |grad| Ok(vec![Some(repeat(&grad.mul_scalar(factor), axis, length))]))
        }))
    }

    /// The largest elements along `axis`, which the result no longer has. A
    /// NaN counts as the largest, so that it is not lost.
    ///
    /// The gradient goes to the first of equal elements, the one that
    /// [`argmax_axis`](Tensor::argmax_axis) names; the others get 0.
    ///
    /// # Errors
    /// When there is no such axis, or its length is 0.
    pub fn max_axis(&self, axis: usize) -> Result<Tensor> {
        self.check_axis_filled("max_axis", axis)?;
        Ok(Tensor::from_array(max_along(self, axis)).record([self], |_| {
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

    /// Where the largest elements stand along `axis`: one position for each
    /// element of [`max_axis`](Tensor::max_axis), row by row. The first of
    /// equal ones wins; a NaN counts as the largest.
    ///
    /// # Errors
    /// When there is no such axis, or its length is 0.
    pub fn argmax_axis(&self, axis: usize) -> Result<Vec<usize>> {
        self.check_axis_filled("argmax_axis", axis)?;
        let positions = self.data.map_axis(Axis(axis), |lane| {
            let mut best = 0;
            for i in 1..lane.len() {
                if exceeds(lane[i], lane[best]) {
                    best = i;
                }
            }
            best
        });
        Ok(positions.iter().copied().collect())
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

/// The tensor with a new axis, along which it is repeated.
fn repeat(tensor: &Tensor, axis: usize, length: usize) -> Tensor {
    let mut shape = tensor.shape().to_vec();
    shape.insert(axis, length);
    let mut repeated = ArrayD::zeros(IxDyn(&shape));
    repeated.assign(&tensor.view().insert_axis(Axis(axis)));
    Tensor::from_array(repeated)
}

/// The maximum along an existing axis; minus infinity where it is empty.
pub(super) fn max_along(tensor: &Tensor, axis: usize) -> ArrayD<f32> {
    let largest = |&a: &f32, &b: &f32| larger(a, b);
    tensor.data.fold_axis(Axis(axis), f32::NEG_INFINITY, largest)
}

/// The larger of two numbers; NaN if one of them is.
pub(crate) fn larger(a: f32, b: f32) -> f32 {
    if exceeds(b, a) { b } else { a }
}

/// `candidate > best`, where NaN is above everything else.
fn exceeds(candidate: f32, best: f32) -> bool {
    candidate > best || (candidate.is_nan() && !best.is_nan())
}
