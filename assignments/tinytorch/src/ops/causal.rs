//! The softmax of attention scores where no token sees the ones after it.

use std::borrow::Cow;

use super::elementwise::from_elements;
use super::reduce::larger;
use crate::{Result, Tensor, TensorError};

impl Tensor {
    /// The softmax over the last axis of `scale * scores`, where row `i` of the
    /// `T` rows sees only its first `S - T + i + 1` columns; the others get
    /// probability 0. So the rows are the last `T` of `S` tokens, and none
    /// attends to a later one.
    ///
    /// # Shapes
    /// `[..., T, S]`, `T <= S`; the shape stays.
    ///
    /// # Errors
    /// When there are fewer than two axes, or more rows than columns.
    ///
    /// # Cost
    /// What a row does not see is not computed, and no mask is made.
    pub fn causal_softmax(&self, scale: f32) -> Result<Tensor> {
        let [.., rows, columns] = *self.shape() else {
            let reason = "needs at least 2 axes, [..., T, S]".to_string();
            return Err(TensorError::shape("causal_softmax", self.shape(), reason));
        };
        if rows > columns {
            let reason = format!("{rows} tokens cannot be the last of {columns}");
            return Err(TensorError::shape("causal_softmax", self.shape(), reason));
        }
        let mut result = vec![0.0; self.len()];
        let scores = row_by_row(self);
        for (i, seen) in seen_columns(self.len(), rows, columns) {
            let at = i * columns..i * columns + seen;
            softmax_row(&scores[at.clone()], scale, &mut result[at]);
        }
        let result = from_elements(result, self.shape());
        Ok(result.record_with_output([self], |_, softmax| {
            Box::new(move |grad| Ok(vec![Some(gradient(&softmax, grad, scale))]))
        }))
    }
}

/// Each row of all matrices with the number of columns it sees.
fn seen_columns(len: usize, rows: usize, columns: usize) -> impl Iterator<Item = (usize, usize)> {
    let all_rows = len.checked_div(columns).unwrap_or(0);
    (0..all_rows).map(move |i| (i, columns - rows + i % rows + 1))
}

fn gradient(softmax: &Tensor, grad: &Tensor, scale: f32) -> Tensor {
    let [.., rows, columns] = *softmax.shape() else { return softmax.clone() };
    let (y, g) = (row_by_row(softmax), row_by_row(grad));
    let mut share = vec![0.0; softmax.len()];
    for (i, seen) in seen_columns(softmax.len(), rows, columns) {
        let at = i * columns..i * columns + seen;
        let (y, g) = (&y[at.clone()], &g[at.clone()]);
        let weighted: f32 = y.iter().zip(g).map(|(y, g)| y * g).sum();
        for ((out, y), g) in share[at].iter_mut().zip(y).zip(g) {
            *out = scale * y * (g - weighted);
        }
    }
    from_elements(share, softmax.shape())
}

fn softmax_row(row: &[f32], scale: f32, out: &mut [f32]) {
    let largest = row.iter().map(|x| x * scale).fold(f32::NEG_INFINITY, larger);
    for (out, x) in out.iter_mut().zip(row) {
        *out = (x * scale - largest).exp();
    }
    let factor = 1.0 / out.iter().sum::<f32>();
    for out in out {
        *out *= factor;
    }
}

fn row_by_row(tensor: &Tensor) -> Cow<'_, [f32]> {
    tensor.as_slice().map_or_else(|| Cow::Owned(tensor.to_vec()), Cow::Borrowed)
}
