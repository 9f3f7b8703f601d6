//! Attention of all heads at once: scores, softmax and weighted sums as one
//! operation. Nothing is copied, no mask exists, and what a causal mask would
//! hide is for the most part not computed.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, Array4, ArrayView2, ArrayView4, ArrayViewMut2, Ix4, s};

use crate::autograd::is_grad_enabled;
use crate::{Result, Tensor, TensorError};

/// Tokens whose scores are computed together. With a causal mask they see
/// different lengths; the products take the longest of them.
const BLOCK: usize = 64;

/// What the heads look at.
#[derive(Clone)]
pub(super) struct Heads {
    /// `[B, H, T, Dh]`.
    pub(super) query: Tensor,
    /// `[B, H, S, Dh]`.
    pub(super) key: Tensor,
    /// `[B, H, S, Dh]`.
    pub(super) value: Tensor,
    /// Whether a token does not see those after it. The T tokens are the last of
    /// the S ones.
    pub(super) causal: bool,
}

/// `softmax(Q K^T / sqrt(Dh)) V` of each head, heads side by side.
///
/// # Shapes
/// As in [`Heads`], to `[B, T, H * Dh]`.
///
/// # Cost
/// When recorded, keeps the attention weights, `[B, H, T, S]`.
pub(super) fn attend(heads: &Heads) -> Result<Tensor> {
    let inputs = [&heads.query, &heads.key, &heads.value];
    let recorded = is_grad_enabled() && inputs.iter().any(|input| input.tracks_grad());
    let views = Views::of(heads)?;
    let (batch, n_heads, tokens, width) = views.query.dim();
    let seen = views.key.dim().2;

    let mut output = Array4::zeros((batch, tokens, n_heads, width));
    let kept = if recorded { (batch, n_heads, tokens) } else { (0, 0, 0) };
    let mut weights = Array4::zeros((kept.0, kept.1, kept.2, seen));
    let mut scratch = Array2::zeros((if recorded { 0 } else { tokens.min(BLOCK) }, seen));
    for (b, h) in (0..batch).flat_map(|b| (0..n_heads).map(move |h| (b, h))) {
        for block in views.blocks() {
            let (rows, columns) = (block.end - block.start, block.visible);
            let mut weights = if recorded {
                weights.slice_mut(s![b, h, block.start..block.end, ..columns])
            } else {
                scratch.slice_mut(s![..rows, ..columns])
            };
            views.weigh(b, h, &block, &mut weights);
            let value = views.value.slice(s![b, h, ..columns, ..]);
            let mut out = output.slice_mut(s![b, block.start..block.end, h, ..]);
            general_mat_mul(1.0, &weights, &value, 0.0, &mut out);
        }
    }
    let output =
        Tensor::from_array(output.into_dyn()).reshape(&[batch, tokens, n_heads * width])?;
    Ok(output.record(inputs, |needs| {
        let heads = Heads {
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
    heads: &Heads,
    weights: &Array4<f32>,
    grad: &Tensor,
) -> Result<Vec<Option<Tensor>>> {
    let views = Views::of(heads)?;
    let (batch, n_heads, tokens, width) = views.query.dim();
    let seen = views.key.dim().2;
    let grad = grad.reshape(&[batch, tokens, n_heads, width])?;
    let grad = four_axes(&grad)?;
    // In memory as the projections want them: `[B, T, H, Dh]`.
    let mut of_query = Array4::zeros((batch, tokens, n_heads, width));
    let mut of_key = Array4::zeros((batch, seen, n_heads, width));
    let mut of_value = of_key.clone();
    let mut scratch = Array2::zeros((tokens.min(BLOCK), seen));
    for (b, h) in (0..batch).flat_map(|b| (0..n_heads).map(move |h| (b, h))) {
        for block in views.blocks() {
            let (rows, columns) = (block.start..block.end, block.visible);
            let weights = weights.slice(s![b, h, rows.clone(), ..columns]);
            let grad = grad.slice(s![b, rows.clone(), h, ..]);
            let mut of_scores = scratch.slice_mut(s![..rows.len(), ..columns]);
            let value = views.value.slice(s![b, h, ..columns, ..]);
            general_mat_mul(1.0, &grad, &value.t(), 0.0, &mut of_scores);
            views.through_softmax(&weights, &mut of_scores);

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

/// Some tokens in a row, and how many of those seen the last of them sees.
struct Block {
    start: usize,
    end: usize,
    visible: usize,
}

/// The same as [`Heads`], to compute with.
struct Views<'a> {
    query: ArrayView4<'a, f32>,
    key: ArrayView4<'a, f32>,
    value: ArrayView4<'a, f32>,
    causal: bool,
    scale: f32,
}

impl<'a> Views<'a> {
    fn of(heads: &'a Heads) -> Result<Self> {
        let (query, key, value) =
            (four_axes(&heads.query)?, four_axes(&heads.key)?, four_axes(&heads.value)?);
        let scale = 1.0 / (query.dim().3 as f32).sqrt();
        Ok(Self { query, key, value, causal: heads.causal, scale })
    }

    /// How many of those seen a token sees.
    fn visible(&self, token: usize) -> usize {
        let (tokens, seen) = (self.query.dim().2, self.key.dim().2);
        if self.causal { seen - tokens + token + 1 } else { seen }
    }

    fn blocks(&self) -> impl Iterator<Item = Block> {
        let tokens = self.query.dim().2;
        (0..tokens).step_by(BLOCK).map(move |start| {
            let end = tokens.min(start + BLOCK);
            Block { start, end, visible: self.visible(end - 1) }
        })
    }

    /// The attention weights of one block: a softmax over what each token sees,
    /// and 0 for the rest.
    fn weigh(&self, b: usize, h: usize, block: &Block, weights: &mut ArrayViewMut2<'_, f32>) {
        let query = self.query.slice(s![b, h, block.start..block.end, ..]);
        let key = self.key.slice(s![b, h, ..block.visible, ..]);
        general_mat_mul(self.scale, &query, &key.t(), 0.0, weights);
        for (token, mut row) in (block.start..).zip(weights.outer_iter_mut()) {
            let (mut seen, mut hidden) =
                row.view_mut().split_at(ndarray::Axis(0), self.visible(token));
            hidden.fill(0.0);
            let max = seen.fold(f32::NEG_INFINITY, |max, &x| crate::ops::larger(max, x));
            seen.mapv_inplace(|x| (x - max).exp());
            let sum = seen.sum();
            seen /= sum;
        }
    }

    /// From the gradient of the weights to that of the products of query and
    /// key: `P (g - sum(P g))` and the scale. Where a weight is 0, so is it.
    fn through_softmax(&self, weights: &ArrayView2<'_, f32>, grad: &mut ArrayViewMut2<'_, f32>) {
        for (weights, mut grad) in weights.outer_iter().zip(grad.outer_iter_mut()) {
            let mean = weights.dot(&grad);
            grad.zip_mut_with(&weights, |g, &p| *g = self.scale * p * (*g - mean));
        }
    }
}

fn four_axes(tensor: &Tensor) -> Result<ArrayView4<'_, f32>> {
    let view = tensor.view().into_dimensionality::<Ix4>();
    view.map_err(|e| TensorError::shape("attention", tensor.shape(), e.to_string()))
}
