//! The causal softmax of attention scores: no token sees a later one.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use std::ops::Range;

use pulp::NullaryFnOnce;

use super::elementwise::from_elements;
use super::rows::{self, dispatch, elements};
use crate::{Result, Tensor, TensorError};

impl Tensor {
    /// The softmax over the last axis of `scale * scores`, where row `i` of the
    /// `T` rows sees only its first `S - T + i + 1` columns; the others get
    /// probability 0. So the rows are the last `T` of `S` tokens, and no token
    /// attends to a later one.
    ///
    /// # Shapes
    /// `[..., T, S]`, `T <= S`; the shape stays.
    ///
    /// # Errors
    /// When there are fewer than two axes, or more rows than columns.
    ///
    /// # Cost
    /// Scores that a row does not see are not computed, and no mask is built.
    pub fn causal_softmax(&self, scale: f32) -> Result<Tensor> {
        let [.., rows, columns] = *self.shape() else {
            let reason = "needs at least 2 axes, [..., T, S]".to_string();
            return Err(TensorError::shape("causal_softmax", self.shape(), reason));
        };
        if rows > columns {
            let reason = format!("{rows} tokens cannot be the last of {columns}");
            return Err(TensorError::shape("causal_softmax", self.shape(), reason));
        }
        let matrix = [rows, columns];
        let mut result = vec![0.0; self.len()];
        dispatch(CausalForward { scores: &elements(self), matrix, scale, out: &mut result });
        let result = from_elements(result, self.shape());
        Ok(result.record_with_output([self], |_, softmax| {
            Box::new(move |grad| {
                let mut out = vec![0.0; softmax.len()];
                let y = elements(&softmax);
                let grad = elements(grad);
                dispatch(CausalBackward { softmax: &y, grad: &grad, matrix, scale, out: &mut out });
                Ok(vec![Some(from_elements(out, softmax.shape()))])
            })
        }))
    }
}

/// Each row of all matrices with the range of the columns it sees.
#[inline(always)]
fn seen(len: usize, [rows, columns]: [usize; 2]) -> impl Iterator<Item = Range<usize>> {
    let all_rows = len.checked_div(columns).unwrap_or(0);
    let visible = move |i| columns - rows + i % rows + 1;
    (0..all_rows).map(move |i| i * columns..i * columns + visible(i))
}

struct CausalForward<'a> {
    scores: &'a [f32],
    matrix: [usize; 2],
    scale: f32,
    out: &'a mut [f32],
}

impl NullaryFnOnce for CausalForward<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for at in seen(self.scores.len(), self.matrix) {
            rows::softmax(&self.scores[at.clone()], self.scale, &mut self.out[at]);
        }
    }
}

struct CausalBackward<'a> {
    softmax: &'a [f32],
    grad: &'a [f32],
    matrix: [usize; 2],
    scale: f32,
    out: &'a mut [f32],
}

impl NullaryFnOnce for CausalBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for at in seen(self.softmax.len(), self.matrix) {
            let y = &self.softmax[at.clone()];
            let g = &self.grad[at.clone()];
            rows::softmax_gradient(y, g, self.scale, &mut self.out[at]);
        }
    }
}
