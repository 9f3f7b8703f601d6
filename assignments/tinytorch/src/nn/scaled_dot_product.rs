//! Attention of all heads at once: scores, softmax and weighted sums as one
//! operation. Nothing is copied, there is no mask, and most of what a causal
//! mask would hide is not computed.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use ndarray::linalg::general_mat_mul;
use ndarray::{Array4, ArrayView2, ArrayView4, ArrayViewMut2, Ix4, s};
use pulp::NullaryFnOnce;

use crate::autograd::records;
use crate::ops::rows::{self, dispatch};
use crate::{Result, Tensor, TensorError};

/// Tokens whose scores are computed together. With a causal mask they see
/// different lengths; the matrix product uses the longest.
const BLOCK: usize = 64;

/// The inputs of the attention.
#[derive(Clone)]
pub(super) struct AttentionInputs {
    /// `[B, H, T, Dh]`.
    pub(super) query: Tensor,
    /// `[B, H, S, Dh]`.
    pub(super) key: Tensor,
    /// `[B, H, S, Dh]`.
    pub(super) value: Tensor,
    /// Whether a token does not see later ones. The T tokens are the last of the
    /// S tokens.
    pub(super) causal: bool,
}

/// `softmax(Q K^T / sqrt(Dh)) V` of each head, with the heads concatenated.
///
/// # Shapes
/// As in [`AttentionInputs`], to `[B, T, H * Dh]`.
///
/// # Cost
/// When recorded, keeps the attention weights, `[B, H, T, S]`.
pub(super) fn attend(heads: &AttentionInputs) -> Result<Tensor> {
    let inputs = [&heads.query, &heads.key, &heads.value];
    let recorded = records(inputs);
    let views = AttentionViews::of(heads)?;
    let (batch, n_heads, tokens, width) = views.query.dim();
    let seen = views.key.dim().2;

    let mut output = Array4::zeros((batch, tokens, n_heads, width));
    let kept = if recorded { (batch, n_heads, tokens) } else { (1, 1, tokens.min(BLOCK)) };
    let mut weights = Array4::zeros((kept.0, kept.1, kept.2, seen));
    let mut scores = vec![0.0; tokens.min(BLOCK) * seen];
    for (b, h) in (0..batch).flat_map(|b| (0..n_heads).map(move |h| (b, h))) {
        for block in views.blocks() {
            let rows = block.start..block.end;
            let mut weights = if recorded {
                weights.slice_mut(s![b, h, rows.clone(), ..block.visible])
            } else {
                weights.slice_mut(s![0, 0, ..rows.len(), ..block.visible])
            };
            views.weigh((b, h), &block, &mut scores, &mut weights)?;
            let value = views.value.slice(s![b, h, ..block.visible, ..]);
            let mut out = output.slice_mut(s![b, rows, h, ..]);
            general_mat_mul(1.0, &weights, &value, 0.0, &mut out);
        }
    }
    let output =
        Tensor::from_array(output.into_dyn()).reshape(&[batch, tokens, n_heads * width])?;
    Ok(output.record(inputs, |needs| {
        let heads = AttentionInputs {
            query: heads.query.detach(),
            key: heads.key.detach(),
            value: heads.value.detach(),
            causal: heads.causal,
        };
        Box::new(move |grad| shares(needs, &heads, &weights, grad))
    }))
}

/// The gradients of queries, keys and values.
fn shares(
    needs: [bool; 3],
    heads: &AttentionInputs,
    weights: &Array4<f32>,
    grad: &Tensor,
) -> Result<Vec<Option<Tensor>>> {
    let views = AttentionViews::of(heads)?;
    let (batch, n_heads, tokens, width) = views.query.dim();
    let seen = views.key.dim().2;
    let grad = grad.reshape(&[batch, tokens, n_heads, width])?;
    let grad = four_axes(&grad)?;
    // In the memory order that the projections need: `[B, T, H, Dh]`.
    let mut of_query = Array4::zeros((batch, tokens, n_heads, width));
    let mut of_key = Array4::zeros((batch, seen, n_heads, width));
    let mut of_value = of_key.clone();
    let mut of_weights = vec![0.0; tokens.min(BLOCK) * seen];
    let mut of_scores = of_weights.clone();
    for (b, h) in (0..batch).flat_map(|b| (0..n_heads).map(move |h| (b, h))) {
        for block in views.blocks() {
            let rows = block.start..block.end;
            let columns = block.visible;
            let weights = weights.slice(s![b, h, rows.clone(), ..columns]);
            let grad = grad.slice(s![b, rows.clone(), h, ..]);
            let value = views.value.slice(s![b, h, ..columns, ..]);
            let mut of_weights = matrix(&mut of_weights, rows.len(), columns)?;
            general_mat_mul(1.0, &grad, &value.t(), 0.0, &mut of_weights);
            let mut of_scores = matrix(&mut of_scores, rows.len(), columns)?;
            let first = views.visible(block.start);
            let weights_view = weights;
            let of_weights = of_weights.view();
            let to = of_scores.view_mut();
            dispatch(ScoreGradient {
                weights: weights_view,
                of_weights,
                to,
                first,
                scale: views.scale,
            });

            let mut of_value = of_value.slice_mut(s![b, ..columns, h, ..]);
            general_mat_mul(1.0, &weights.t(), &grad, 1.0, &mut of_value);
            let key = views.key.slice(s![b, h, ..columns, ..]);
            let mut of_rows = of_query.slice_mut(s![b, rows.clone(), h, ..]);
            general_mat_mul(1.0, &of_scores, &key, 0.0, &mut of_rows);
            let query = views.query.slice(s![b, h, rows, ..]);
            let mut of_key = of_key.slice_mut(s![b, ..columns, h, ..]);
            general_mat_mul(1.0, &of_scores.t(), &query, 1.0, &mut of_key);
        }
    }
    let by_head =
        |array: Array4<f32>| Tensor::from_array(array.permuted_axes([0, 2, 1, 3]).into_dyn());
    let all = [of_query, of_key, of_value].into_iter().zip(needs);
    Ok(all.map(|(array, needed)| needed.then(|| by_head(array))).collect())
}

/// Consecutive tokens, and the number of tokens that the last of them sees.
struct TokenBlock {
    start: usize,
    end: usize,
    visible: usize,
}

/// The same as [`AttentionInputs`], as views to compute with.
struct AttentionViews<'a> {
    query: ArrayView4<'a, f32>,
    key: ArrayView4<'a, f32>,
    value: ArrayView4<'a, f32>,
    causal: bool,
    scale: f32,
}

impl<'a> AttentionViews<'a> {
    fn of(heads: &'a AttentionInputs) -> Result<Self> {
        let query = four_axes(&heads.query)?;
        let key = four_axes(&heads.key)?;
        let value = four_axes(&heads.value)?;
        let scale = 1.0 / (query.dim().3 as f32).sqrt();
        Ok(Self { query, key, value, causal: heads.causal, scale })
    }

    /// The number of tokens that a token sees.
    fn visible(&self, token: usize) -> usize {
        let tokens = self.query.dim().2;
        let seen = self.key.dim().2;
        if self.causal { seen - tokens + token + 1 } else { seen }
    }

    fn blocks(&self) -> impl Iterator<Item = TokenBlock> {
        let tokens = self.query.dim().2;
        (0..tokens).step_by(BLOCK).map(move |start| {
            let end = tokens.min(start + BLOCK);
            TokenBlock { start, end, visible: self.visible(end - 1) }
        })
    }

    /// The attention weights of one block: a softmax over the visible tokens,
    /// and 0 for the rest. `scores` is a buffer for the input of the softmax.
    fn weigh(
        &self,
        (b, h): (usize, usize),
        block: &TokenBlock,
        scores: &mut [f32],
        weights: &mut ArrayViewMut2<'_, f32>,
    ) -> Result<()> {
        let query = self.query.slice(s![b, h, block.start..block.end, ..]);
        let key = self.key.slice(s![b, h, ..block.visible, ..]);
        let mut scores = matrix(scores, block.end - block.start, block.visible)?;
        general_mat_mul(1.0, &query, &key.t(), 0.0, &mut scores);
        let first = self.visible(block.start);
        let scale = self.scale;
        dispatch(AttentionWeights {
            scores: scores.view(),
            weights: weights.view_mut(),
            first,
            scale,
        });
        Ok(())
    }
}

/// One row per token. The first row sees `first` columns, each later row one
/// more, up to all of them.
struct AttentionWeights<'a> {
    scores: ArrayView2<'a, f32>,
    weights: ArrayViewMut2<'a, f32>,
    first: usize,
    scale: f32,
}

impl NullaryFnOnce for AttentionWeights<'_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let rows = self.scores.outer_iter().zip(self.weights.outer_iter_mut());
        for (seen, (scores, mut weights)) in (self.first..).zip(rows) {
            if let (Some(scores), Some(weights)) = (scores.to_slice(), weights.as_slice_mut()) {
                let seen = seen.min(scores.len());
                rows::softmax(&scores[..seen], self.scale, &mut weights[..seen]);
                weights[seen..].fill(0.0);
            }
        }
    }
}

/// Computes the gradient of the products of query and key from that of the
/// weights.
struct ScoreGradient<'a> {
    weights: ArrayView2<'a, f32>,
    of_weights: ArrayView2<'a, f32>,
    to: ArrayViewMut2<'a, f32>,
    first: usize,
    scale: f32,
}

impl NullaryFnOnce for ScoreGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let rows = self.weights.outer_iter().zip(self.of_weights.outer_iter());
        for (seen, ((weights, grad), mut to)) in
            (self.first..).zip(rows.zip(self.to.outer_iter_mut()))
        {
            let slices = (weights.to_slice(), grad.to_slice(), to.as_slice_mut());
            if let (Some(weights), Some(grad), Some(to)) = slices {
                let seen = seen.min(to.len());
                let weights = &weights[..seen];
                let grad = &grad[..seen];
                rows::softmax_gradient(weights, grad, self.scale, &mut to[..seen]);
                to[seen..].fill(0.0);
            }
        }
    }
}

/// The first elements of the buffer as a matrix.
fn matrix(room: &mut [f32], rows: usize, columns: usize) -> Result<ArrayViewMut2<'_, f32>> {
    ArrayViewMut2::from_shape((rows, columns), &mut room[..rows * columns])
        .map_err(|e| TensorError::shape("attention", &[rows, columns], e.to_string()))
}

fn four_axes(tensor: &Tensor) -> Result<ArrayView4<'_, f32>> {
    let view = tensor.view().into_dimensionality::<Ix4>();
    view.map_err(|e| TensorError::shape("attention", tensor.shape(), e.to_string()))
}
