//! Reshaping, transposing, slicing and concatenating, mostly without a copy.

use ndarray::{ArcArray, ArrayD, Axis, IxDyn, Slice};

use crate::autograd::BackwardFn;
use crate::tensor::element_count;
use crate::{Result, Tensor, TensorError};

impl Tensor {
    /// The same elements, row by row, in another shape.
    ///
    /// # Errors
    /// When the new shape has another number of elements.
    ///
    /// # Cost
    /// Free if the elements are contiguous row by row in memory or the shape does
    /// not change; otherwise one copy.
    pub fn reshape(&self, shape: &[usize]) -> Result<Tensor> {
        let wrong = |reason| TensorError::mismatch("reshape", self.shape(), shape, reason);
        let wanted = element_count(shape)
            .ok_or_else(|| wrong("the new shape holds more than memory can address".to_string()))?;
        if wanted != self.len() {
            return Err(wrong(format!("{} elements into {wanted}", self.len())));
        }
        if shape == self.shape() {
            return Ok(self.clone());
        }
        if self.data.is_standard_layout() {
            let data = self.data.clone().into_shape_with_order(IxDyn(shape));
            let data = data.map_err(|e| wrong(e.to_string()))?;
            return Ok(self.rearranged(data, |shape| {
                Box::new(move |grad| Ok(vec![Some(grad.reshape(&shape)?)]))
            }));
        }
        let copy = ArrayD::from_shape_vec(IxDyn(shape), self.to_vec());
        let copy = copy.map_err(|e| wrong(e.to_string()))?.into_shared();
        Ok(self
            .rearranged(copy, |shape| Box::new(move |grad| Ok(vec![Some(grad.reshape(&shape)?)]))))
    }

    /// `data` as a result of `self`; `backward` gets the shape of `self`.
    fn rearranged(
        &self,
        data: ArcArray<f32, IxDyn>,
        backward: impl FnOnce(Vec<usize>) -> BackwardFn,
    ) -> Tensor {
        Tensor { data, node: None }.record([self], |_| backward(self.shape().to_vec()))
    }

    /// The tensor with two axes swapped.
    ///
    /// # Errors
    /// When there is no such axis.
    ///
    /// # Cost
    /// Free: a view of the same elements.
    pub fn transpose(&self, axis_a: usize, axis_b: usize) -> Result<Tensor> {
        self.check_axis("transpose", axis_a)?;
        self.check_axis("transpose", axis_b)?;
        let mut data = self.data.clone();
        data.swap_axes(axis_a, axis_b);
        Ok(self.rearranged(data, |_| {
            Box::new(move |grad| Ok(vec![Some(grad.transpose(axis_a, axis_b)?)]))
        }))
    }

    /// The transpose of a matrix.
    ///
    /// # Shapes
    /// `[m, n]` to `[n, m]`.
    ///
    /// # Errors
    /// When the tensor does not have exactly two axes.
    ///
    /// # Cost
    /// Free: a view of the same elements.
    pub fn t(&self) -> Result<Tensor> {
        if self.ndim() != 2 {
            let reason =
                format!("needs 2 axes, has {}; use transpose(axis_a, axis_b)", self.ndim());
            return Err(TensorError::shape("t", self.shape(), reason));
        }
        self.transpose(0, 1)
    }

    /// The axes in another order: axis `i` of the result is axis `order[i]`.
    ///
    /// # Errors
    /// When `order` does not name each axis exactly once.
    ///
    /// # Cost
    /// Free: a view of the same elements.
    pub fn permute(&self, order: &[usize]) -> Result<Tensor> {
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        if !sorted.iter().copied().eq(0..self.ndim()) {
            let reason = format!("the order {order:?} must name each axis 0..{} once", self.ndim());
            return Err(TensorError::shape("permute", self.shape(), reason));
        }
        let mut inverse = vec![0; order.len()];
        for (to, &from) in order.iter().enumerate() {
            inverse[from] = to;
        }
        let data = self.data.clone().permuted_axes(IxDyn(order));
        Ok(self.rearranged(data, |_| Box::new(move |grad| Ok(vec![Some(grad.permute(&inverse)?)]))))
    }

    /// The part of `axis` from `start` up to, but not including, `end`.
    ///
    /// # Errors
    /// When there is no such axis, or not `start <= end <=` its length.
    ///
    /// # Cost
    /// Free: a view of the same elements, which keeps all elements of the original
    /// in memory.
    pub fn slice_axis(&self, axis: usize, start: usize, end: usize) -> Result<Tensor> {
        self.check_axis("slice_axis", axis)?;
        let length = self.shape()[axis];
        if start > end || end > length {
            let reason = format!("{start}..{end} is not inside 0..{length} of axis {axis}");
            return Err(TensorError::shape("slice_axis", self.shape(), reason));
        }
        let mut data = self.data.clone();
        data.slice_axis_inplace(Axis(axis), Slice::from(start..end));
        Ok(self.rearranged(data, |shape| {
            Box::new(move |grad| {
                let mut whole = ArrayD::zeros(IxDyn(&shape));
                whole.slice_axis_mut(Axis(axis), Slice::from(start..end)).assign(&grad.data);
                Ok(vec![Some(Tensor::from_array(whole))])
            })
        }))
    }

    /// Concatenates the tensors along `axis`.
    ///
    /// # Shapes
    /// All shapes are equal except along `axis`, where the lengths add up.
    ///
    /// # Errors
    /// When there is no tensor, no such axis, or the shapes differ on another
    /// axis.
    ///
    /// # Cost
    /// One copy of all elements.
    pub fn concat(tensors: &[Tensor], axis: usize) -> Result<Tensor> {
        let Some(first) = tensors.first() else {
            let reason = "needs at least one tensor".to_string();
            return Err(TensorError::config("concat", reason));
        };
        first.check_axis("concat", axis)?;
        for other in tensors {
            first.check_equal_except(other, axis)?;
        }
        let views: Vec<_> = tensors.iter().map(Tensor::view).collect();
        let joined = ndarray::concatenate(Axis(axis), &views)
            .map_err(|e| TensorError::shape("concat", first.shape(), e.to_string()))?;
        Ok(Tensor::from_array(joined).record_all(tensors, |needs| {
            let lengths: Vec<usize> = tensors.iter().map(|t| t.shape()[axis]).collect();
            Box::new(move |grad| {
                let mut end = 0;
                let part = |(&length, &needed): (&usize, &bool)| {
                    let start = end;
                    end += length;
                    needed.then(|| grad.slice_axis(axis, start, start + length)).transpose()
                };
                lengths.iter().zip(&needs).map(part).collect()
            })
        }))
    }

    fn check_equal_except(&self, other: &Tensor, axis: usize) -> Result<()> {
        let left = self.shape();
        let right = other.shape();
        let same =
            left.len() == right.len() && (0..left.len()).all(|i| i == axis || left[i] == right[i]);
        if same {
            return Ok(());
        }
        let reason = format!("shapes may differ only along axis {axis}");
        Err(TensorError::mismatch("concat", left, right, reason))
    }

    pub(crate) fn check_axis(&self, op: &'static str, axis: usize) -> Result<()> {
        if axis < self.ndim() {
            return Ok(());
        }
        Err(TensorError::AxisOutOfRange { op, shape: self.shape().to_vec(), axis })
    }
}
