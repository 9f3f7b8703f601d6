//! Matrix products, single and batched. Both call ndarray's GEMM on views.

use ndarray::linalg::general_mat_mul;
use ndarray::{
    ArrayD, ArrayView2, ArrayView4, ArrayViewD, ArrayViewMut4, ArrayViewMutD, Axis, IxDyn,
};

use super::broadcast::broadcast_shape;
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
        let a = as_matrix(self);
        let b = as_matrix(other);
        let (Some(a), Some(b)) = (a, b) else {
            let reason = "both must have 2 axes; use bmm for more".to_string();
            return Err(mismatch("matmul", self, other, reason));
        };
        if a.ncols() != b.nrows() {
            return Err(inner_differ("matmul", self, other, a.ncols(), b.nrows()));
        }
        let product = Tensor::from_array(a.dot(&b).into_dyn());
        Ok(product.record([self, other], |needs| {
            // Each factor is kept only if the other one needs a gradient.
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

    /// Matrix products of the last two axes, one for each index of the leading
    /// axes.
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

        let shape = [&batch[..], &[m, n]].concat();
        Ok(products(self, other, &shape)?.record([self, other], |needs| {
            let shapes = [self.shape().to_vec(), other.shape().to_vec()];
            let left = needs[1].then(|| self.detach());
            let right = needs[0].then(|| other.detach());
            Box::new(move |grad| {
                let left_share = right.as_ref().map(|right| left_share(grad, right, &shapes[0]));
                let right_share = left.as_ref().map(|left| right_share(left, grad, &shapes[1]));
                Ok(vec![left_share.transpose()?, right_share.transpose()?])
            })
        }))
    }
}

fn left_share(grad: &Tensor, right: &Tensor, shape: &[usize]) -> Result<Tensor> {
    Ok(unbroadcast(&grad.bmm(&flipped(right)?)?, shape))
}

fn right_share(left: &Tensor, grad: &Tensor, shape: &[usize]) -> Result<Tensor> {
    // One matrix shared by all products: their sum is a single product.
    if let (Some(left), Some(grad), true) = (tall(left), tall(grad), one_matrix(shape))
        && left.shape()[0] == grad.shape()[0]
    {
        return left.t()?.matmul(&grad)?.reshape(shape);
    }
    Ok(unbroadcast(&flipped(left)?.bmm(grad)?, shape))
}

/// The matrix products of two tensors whose leading axes broadcast to those of
/// `shape`.
fn products(left: &Tensor, right: &Tensor, shape: &[usize]) -> Result<Tensor> {
    let whole = left.shape()[..left.ndim() - 2] == shape[..shape.len() - 2];
    if let (Some(rows), true, true) = (tall(left), whole, one_matrix(right.shape())) {
        let matrix = right.detach().reshape(&right.shape()[right.ndim() - 2..])?;
        return rows.matmul(&matrix)?.reshape(shape);
    }
    let (batch, _) = split_matrix(shape);
    let full = |x: &Tensor| IxDyn(&[batch, &x.shape()[x.ndim() - 2..]].concat());
    let wide_left = left.data.broadcast(full(left));
    let wide_right = right.data.broadcast(full(right));
    let (Some(wide_left), Some(wide_right)) = (wide_left, wide_right) else {
        return Err(mismatch("bmm", left, right, "leading axes do not broadcast".into()));
    };
    let mut product = ArrayD::zeros(IxDyn(shape));
    multiply_all(wide_left, wide_right, product.view_mut());
    Ok(Tensor::from_array(product))
}

/// Walks the leading axes until two are left; those have their own loop, because
/// indexing a fixed number of axes is almost free.
fn multiply_all(
    left: ArrayViewD<'_, f32>,
    right: ArrayViewD<'_, f32>,
    mut out: ArrayViewMutD<'_, f32>,
) {
    if out.ndim() < 4 {
        let [left, right] = [left, right].map(|view| view.insert_axis(Axis(0)));
        return multiply_all(left, right, out.insert_axis(Axis(0)));
    }
    let views = (left.view().into_dimensionality(), right.view().into_dimensionality());
    if let ((Ok(l), Ok(r)), Ok(out)) = (views, out.view_mut().into_dimensionality()) {
        return multiply_stacks(&l, &r, out);
    }
    for ((l, r), out) in left.outer_iter().zip(right.outer_iter()).zip(out.outer_iter_mut()) {
        multiply_all(l, r, out);
    }
}

fn multiply_stacks(
    left: &ArrayView4<'_, f32>,
    right: &ArrayView4<'_, f32>,
    mut out: ArrayViewMut4<'_, f32>,
) {
    for ((l, r), mut out) in left.outer_iter().zip(right.outer_iter()).zip(out.outer_iter_mut()) {
        for ((l, r), mut out) in l.outer_iter().zip(r.outer_iter()).zip(out.outer_iter_mut()) {
            general_mat_mul(1.0, &l, &r, 0.0, &mut out);
        }
    }
}

/// All rows of all matrices as one tall matrix, if they are contiguous in
/// memory.
fn tall(tensor: &Tensor) -> Option<Tensor> {
    let (batch, [rows, columns]) = split_matrix(tensor.shape());
    let all = batch.iter().product::<usize>() * rows;
    let lies_so = tensor.data.is_standard_layout();
    lies_so.then(|| tensor.detach().reshape(&[all, columns]).ok()).flatten()
}

/// Whether the leading axes hold a single matrix.
fn one_matrix(shape: &[usize]) -> bool {
    shape[..shape.len() - 2].iter().all(|&length| length == 1)
}

/// The last two axes swapped: a view.
fn flipped(tensor: &Tensor) -> Result<Tensor> {
    let last = tensor.ndim() - 1;
    tensor.transpose(last - 1, last)
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

/// The same reason, with the shapes that the caller passed.
fn with_whole_shapes(error: TensorError, left: &Tensor, right: &Tensor) -> TensorError {
    match error {
        TensorError::ShapeMismatch { op, left: a, right: b, .. } => {
            let reason = format!("leading dimensions {a:?} and {b:?} do not broadcast");
            mismatch(op, left, right, reason)
        }
        other => other,
    }
}
