//! Task `attention`: new tokens attend to all cached tokens.

use tinytorch::Tensor;
use tinytorch::nn::{Linear, MultiHeadAttention};

// BEGIN SOLUTION: -
use crate::cache::{NewRows, elements};
use crate::kernels::{self, linear};
use crate::{CacheError, KvView};
// END SOLUTION
use crate::{KvCache, Result};

/// Multi-head attention whose keys and values are kept in a [`KvCache`].
///
/// It has the projections of a [`MultiHeadAttention`] and gives the same output, but its input is only
/// the new tokens. You write the attention itself: nothing here may call
/// [`MultiHeadAttention::forward`], directly or indirectly.
#[derive(Clone, Debug)]
pub struct CachedMultiHeadAttention {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    n_heads: usize,
}

impl CachedMultiHeadAttention {
    /// An attention layer with the same weights.
    ///
    /// # Cost
    /// Weights are shared, not copied.
    pub fn new(attention: &MultiHeadAttention) -> Self {
        Self {
            query: attention.query().clone(),
            key: attention.key().clone(),
            value: attention.value().clone(),
            output: attention.output().clone(),
            n_heads: attention.n_heads(),
        }
    }

    /// The number of heads.
    pub fn n_heads(&self) -> usize {
        self.n_heads
    }

    /// The width of input and output.
    pub fn d_model(&self) -> usize {
        self.query.in_features()
    }

    /// Attention of T new tokens. Updates layer `layer` of the cache with their keys and values, but
    /// does *not* advance it: the following layers must still see the same tokens as new.
    ///
    /// Head h has columns `h Dh .. (h + 1) Dh` of each projection. Scores are divided by `sqrt(Dh)`. New
    /// token t (counted from 0) sees the `past_kv.len()` tokens before all new ones, the new ones before
    /// it, and itself. Other tokens must not even be read, so that a NaN in them does no harm.
    ///
    /// # Shapes
    /// `[B, T, D]` to `[B, T, D]`, with any T and the cache's B.
    ///
    /// # Errors
    /// [`CacheError::ShapeMismatch`](crate::CacheError::ShapeMismatch) of `attention` when the input is
    /// not `[B, T, D]` or the cache has other heads; those of [`KvCache::update`]. The cache does not
    /// change in these cases.
    ///
    /// # Cost
    /// `4 B T D^2` multiply-adds for the projections, `2 B D` for each pair of a new token and a token
    /// that it sees. No existing key or value is copied.
    pub fn forward(&self, input: &Tensor, past_kv: &mut KvCache, layer: usize) -> Result<Tensor> {
        // BEGIN SOLUTION: project, update the cache, let each new token attend to what it may see
        let tokens = self.new_tokens(input, past_kv)?;
        let past = past_kv.len();
        let batch = past_kv.batch();
        let n_heads = self.n_heads;
        let [query, key, value] =
            [&self.query, &self.key, &self.value].map(|projection| linear(projection, input));
        let query = query?;
        let key = key?;
        let value = value?;
        let keys = &*elements(&key);
        let values = &*elements(&value);
        past_kv.write(layer, NewRows { keys, values, tokens, heads_first: false })?;
        let view = past_kv.get(layer)?;
        let query = elements(&query);
        let mut joined = vec![0.0; query.len()];
        for token in 0..tokens {
            let order = |b: usize, h: usize| (b * tokens + token) * n_heads + h;
            let new = Queries { rows: &query, batch, n_heads, order: &order };
            attend(&view.oldest(past + token + 1), new, &mut joined)?;
        }
        linear(&self.output, &Tensor::from_vec(joined, input.shape())?)
        // END SOLUTION
    }

    // BEGIN SOLUTION: -
    /// T, when input and cache fit.
    fn new_tokens(&self, input: &Tensor, cache: &KvCache) -> Result<usize> {
        let batch = cache.batch();
        let width = self.d_model();
        let heads = self.n_heads;
        let storage = cache.storage();
        let refuse = |got: &[usize], expected| {
            let got = got.to_vec();
            Err(CacheError::ShapeMismatch { operation: "attention", got, expected })
        };
        if (storage.n_heads, storage.head_dim) != (heads, width / heads) {
            let expected = format!("[{heads}, {}] heads in the cache", width / heads);
            return refuse(&[storage.n_heads, storage.head_dim], expected);
        }
        match *input.shape() {
            [b, tokens, d] if (b, d) == (batch, width) => Ok(tokens),
            _ => refuse(input.shape(), format!("[{batch}, tokens, {width}]")),
        }
    }
    // END SOLUTION
}

// BEGIN SOLUTION: -
/// One query per sequence and head.
#[derive(Clone, Copy)]
pub(crate) struct Queries<'a> {
    /// Rows of `head_dim` numbers.
    pub(crate) rows: &'a [f32],
    pub(crate) batch: usize,
    pub(crate) n_heads: usize,
    /// The row of a sequence and a head, in `rows` and in the output.
    pub(crate) order: &'a dyn Fn(usize, usize) -> usize,
}

/// For each query, the sum of the values weighted by `softmax(K q / sqrt(Dh))`, over all tokens of the
/// view.
pub(crate) fn attend(view: &KvView<'_>, queries: Queries<'_>, output: &mut [f32]) -> Result<()> {
    let seen = view.len();
    let pairs = queries.batch * queries.n_heads;
    let scores = Tensor::from_vec(kernels::scores(view, queries), &[pairs, seen])?;
    let weights = scores.softmax(1)?;
    kernels::mix(view, queries, &elements(&weights), output);
    Ok(())
}
// END SOLUTION
