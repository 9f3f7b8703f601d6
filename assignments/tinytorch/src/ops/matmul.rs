//! Matrix products, one or many. Both go to ndarray's GEMM, on views.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayBase, ArrayD, ArrayView2, Axis, Dimension, Ix2, IxDyn, RawData};

use super::arithmetic::broadcast_shape;
use crate::autograd::unbroadcast;
use crate::{Result, Tensor, TensorError};

impl Tensor {
    /// The matrix product.
    ///
    /// # Shapes
    /// `[m, k] x [k, n]` to `[m, n]`.
    ///
    /// # Errors
    /// When a tensor does not have two axes, or the inner dimensions differ.
    ///
    /// # Cost
    /// `m * k * n` multiply-adds; transposed or sliced views are read in place.
    pub fn matmul(&self, other: &Tensor) -> Result<Tensor> {
        let (a, b) = (as_matrix(self), as_matrix(other));
        let (Some(a), Some(b)) = (a, b) else {
            let reason = "both must have 2 axes; use bmm for more".to_string();
            return Err(mismatch("matmul", self, other, reason));
        };
        if a.ncols() != b.nrows() {
            return Err(inner_differ("matmul", self, other, a.ncols(), b.nrows()));
        }
        let product = Tensor::from_array(a.dot(&b).into_dyn());
        Ok(product.record([self, other], |needs| {
            // Each factor is kept only for the gradient of the other one.
            let left = needs[1].then(|| self.detach());
            let right = needs[0].then(|| other.detach());
            Box::new(move |grad| {
                let left_share =
                    right.as_ref().map(|right| grad.matmul(&right.t()?)).transpose()?;
                let right_share = left.as_ref().map(|left| left.t()?.matmul(grad)).transpose()?;
                Ok(vec![left_share, right_share])
            })
        }))
    }

    /// Matrix products of the last two axes, for each index of the leading ones.
    ///
    /// # Shapes
    /// `[..., m, k] x [..., k, n]` to `[..., m, n]`, where the leading axes
    /// broadcast as in [`add`](Tensor::add).
    ///
    /// # Errors
    /// When a tensor has fewer than two axes, the inner dimensions differ, or
    /// the leading axes do not broadcast.
    ///
    /// # Cost
    /// `m * k * n` multiply-adds for each of the products; a broadcast operand
    /// is not copied.
    pub fn bmm(&self, other: &Tensor) -> Result<Tensor> {
        if self.ndim() < 2 || other.ndim() < 2 {
            let reason = "both must have at least 2 axes".to_string();
            return Err(mismatch("bmm", self, other, reason));
        }
        let (left_batch, [m, k]) = split_matrix(self.shape());
        let (right_batch, [k_right, n]) = split_matrix(other.shape());
        if k != k_right {
            return Err(inner_differ("bmm", self, other, k, k_right));
        }
        let batch = broadcast_shape("bmm", left_batch, right_batch)
            .map_err(|e| with_whole_shapes(e, self, other))?;

        let full = |rows, columns| IxDyn(&[&batch[..], &[rows, columns]].concat());
        let unfit = || mismatch("bmm", self, other, "leading axes do not broadcast".into());
        let left = self.data.broadcast(full(m, k)).ok_or_else(unfit)?;
        let right = other.data.broadcast(full(k, n)).ok_or_else(unfit)?;
        let mut product = ArrayD::zeros(full(m, n));
        for index in ndarray::indices(IxDyn(&batch)) {
            let lhs = at(left.view(), index.slice()).into_dimensionality::<Ix2>();
            let rhs = at(right.view(), index.slice()).into_dimensionality::<Ix2>();
            let out = at(product.view_mut(), index.slice()).into_dimensionality::<Ix2>();
            let (Ok(lhs), Ok(rhs), Ok(mut out)) = (lhs, rhs, out) else {
                return Err(unfit());
            };
            general_mat_mul(1.0, &lhs, &rhs, 0.0, &mut out);
        }
        Ok(Tensor::from_array(product).record([self, other], |needs| {
            let shapes = [self.shape().to_vec(), other.shape().to_vec()];
            let left = needs[1].then(|| self.detach());
            let right = needs[0].then(|| other.detach());
            Box::new(move |grad| {
                let left_share = right.as_ref().map(|right| grad.bmm(&flipped(right)?));
                let right_share = left.as_ref().map(|left| flipped(left)?.bmm(grad));
                Ok(vec![
                    left_share.transpose()?.map(|share| unbroadcast(&share, &shapes[0])),
                    right_share.transpose()?.map(|share| unbroadcast(&share, &shapes[1])),
                ])
            })
        }))
    }
}

/// With the last two axes exchanged: a view.
fn flipped(tensor: &Tensor) -> Result<Tensor> {
    let last = tensor.ndim() - 1;
    tensor.transpose(last - 1, last)
}

/// What remains of a view when the leading axes are fixed at `index`.
fn at<S: RawData>(mut view: ArrayBase<S, IxDyn>, index: &[usize]) -> ArrayBase<S, IxDyn> {
    for &i in index {
        view.index_axis_inplace(Axis(0), i);
    }
    view
}

fn as_matrix(tensor: &Tensor) -> Option<ArrayView2<'_, f32>> {
    tensor.view().into_dimensionality().ok()
}

/// The leading axes, and the last two.
fn split_matrix(shape: &[usize]) -> (&[usize], [usize; 2]) {
    let (batch, matrix) = shape.split_at(shape.len() - 2);
    (batch, [matrix[0], matrix[1]])
}

fn mismatch(op: &'static str, left: &Tensor, right: &Tensor, reason: String) -> TensorError {
    TensorError::mismatch(op, left.shape(), right.shape(), reason)
}

fn inner_differ(
    op: &'static str,
    l: &Tensor,
    r: &Tensor,
    inner: usize,
    other: usize,
) -> TensorError {
    mismatch(op, l, r, format!("inner dimensions {inner} and {other} differ"))
}

/// The same reason, with the shapes as the caller knows them.
fn with_whole_shapes(error: TensorError, left: &Tensor, right: &Tensor) -> TensorError {
    match error {
        TensorError::ShapeMismatch { op, left: a, right: b, .. } => {
            let reason = format!("leading dimensions {a:?} and {b:?} do not broadcast");
            mismatch(op, left, right, reason)
        }
        other => other,
    }
}
