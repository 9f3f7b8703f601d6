//! Task `window`: only the last tokens, in a ring buffer.

use tinytorch::Tensor;

// BEGIN SOLUTION: -
use crate::CacheError;
use crate::attention::{self, Queries};
use crate::cache::{elements, new_tokens};
// END SOLUTION
use crate::{KvView, Result, Storage};
use std::ops::Range;

/// Keys and values of the last `window` tokens of each layer. A new token overwrites the oldest one, and nothing is
/// moved: the place of position p is `p % window`. So memory and time per token are constant, however long the text
/// is.
///
/// Every layer counts its own tokens; there is no `advance`.
///
/// Source: sliding window attention with a rolling buffer, as in Jiang et al., "Mistral 7B" (2023), 2.
///
/// ```
/// use caching::WindowCache;
/// use tinytorch::Tensor;
///
/// let mut cache = WindowCache::new(2, 1, 1, 1)?;
/// for x in [1.0, 2.0, 3.0] {
///     let row = Tensor::full(&[1, 1, 1, 1], x);
///     cache.push(0, &row, &row)?;
/// }
/// let view = cache.get(0)?;
/// assert_eq!(view.keys(0, 0), [&[2.0][..], &[3.0][..]]);
/// assert_eq!(cache.positions(0)?, 1..3);
/// # Ok::<(), caching::CacheError>(())
/// ```
#[derive(Clone, Debug)]
pub struct WindowCache {
    storage: Storage,
    batch: usize,
    // Add the fields that you need.
    // BEGIN SOLUTION: -
    layers: Vec<Ring>,
    // END SOLUTION
}

// BEGIN SOLUTION: -
/// One layer; keys and values are both `[B, H, window, Dh]`.
#[derive(Clone, Debug)]
struct Ring {
    keys: Vec<f32>,
    values: Vec<f32>,
    /// The number of tokens ever pushed.
    seen: usize,
}
// END SOLUTION

impl WindowCache {
    /// An empty window for one sequence.
    ///
    /// # Errors
    /// [`CacheError::BadSize`](crate::CacheError::BadSize) when one of the sizes is 0.
    pub fn new(window: usize, n_layers: usize, n_heads: usize, head_dim: usize) -> Result<Self> {
        Self::with_batch(1, window, n_layers, n_heads, head_dim)
    }

    /// An empty window for `batch` sequences.
    ///
    /// # Errors
    /// [`CacheError::BadSize`](crate::CacheError::BadSize) when one of the sizes is 0.
    ///
    /// # Cost
    /// `8 B H Dh window` bytes per layer, all allocated at once.
    pub fn with_batch(
        batch: usize,
        window: usize,
        n_layers: usize,
        n_heads: usize,
        head_dim: usize,
    ) -> Result<Self> {
        // BEGIN SOLUTION: refuse a size of 0, then take all the memory
        let sizes = [
            ("batch", batch),
            ("window", window),
            ("n_layers", n_layers),
            ("n_heads", n_heads),
            ("head_dim", head_dim),
        ];
        if let Some((what, _)) = sizes.iter().find(|(_, size)| *size == 0) {
            return Err(CacheError::BadSize { what });
        }
        let storage = Storage { n_heads, head_dim, room: window };
        let empty = || vec![0.0; storage.row(batch, 0, 0)];
        let ring = || Ring { keys: empty(), values: empty(), seen: 0 };
        Ok(Self { storage, batch, layers: (0..n_layers).map(|_| ring()).collect() })
        // END SOLUTION
    }

    /// The maximum number of kept tokens.
    pub fn window(&self) -> usize {
        self.storage.room
    }

    /// The number of sequences.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Adds the keys and values of one token. If the window is full, the oldest token is dropped.
    ///
    /// # Shapes
    /// Both `[B, H, 1, Dh]`.
    ///
    /// # Errors
    /// [`CacheError::NoSuchLayer`](crate::CacheError::NoSuchLayer) or
    /// [`CacheError::ShapeMismatch`](crate::CacheError::ShapeMismatch) of `push`. The window does not change in
    /// these cases.
    ///
    /// # Cost
    /// One copy of the new rows, and of no others.
    pub fn push(&mut self, layer: usize, k: &Tensor, v: &Tensor) -> Result<()> {
        // BEGIN SOLUTION: check, then write the rows to the place of this position
        self.ring(layer)?;
        let Storage { n_heads, head_dim, .. } = self.storage;
        let sizes = [self.batch, n_heads, head_dim];
        if new_tokens("push", (k, v), sizes)? != 1 {
            let expected = format!("[{}, {n_heads}, 1, {head_dim}]: one token", self.batch);
            let got = k.shape().to_vec();
            return Err(CacheError::ShapeMismatch { operation: "push", got, expected });
        }
        let keys = elements(k);
        let values = elements(v);
        self.write(layer, (&keys, &values), (1, 0));
        Ok(())
        // END SOLUTION
    }

    /// The kept tokens of one layer, oldest first.
    ///
    /// # Errors
    /// [`CacheError::NoSuchLayer`](crate::CacheError::NoSuchLayer).
    ///
    /// # Cost
    /// Nothing is copied or allocated.
    pub fn get(&self, layer: usize) -> Result<KvView<'_>> {
        // BEGIN SOLUTION: a view that starts at the oldest token
        let Ring { keys, values, .. } = self.ring(layer)?;
        let kept = self.positions(layer)?;
        Ok(KvView::new(self.storage, (keys, values), kept.start % self.window(), kept.len()))
        // END SOLUTION
    }

    /// The positions of the kept tokens in the text, counted from 0 since the last [`reset`](Self::reset). The next
    /// token has the position `positions(layer)?.end`.
    ///
    /// # Errors
    /// [`CacheError::NoSuchLayer`](crate::CacheError::NoSuchLayer).
    pub fn positions(&self, layer: usize) -> Result<Range<usize>> {
        // BEGIN SOLUTION: up to all tokens ever pushed, from `window` before that, or from 0
        let seen = self.ring(layer)?.seen;
        Ok(seen.saturating_sub(self.window())..seen)
        // END SOLUTION
    }

    /// Attention of T new tokens, each to itself and to the `window - 1` tokens before it; their keys and values
    /// are added. Equivalent to pushing a token and attending with it, T times.
    ///
    /// # Shapes
    /// Queries, keys and values `[B, H, T, Dh]`, to `[B, H, T, Dh]`.
    ///
    /// # Errors
    /// [`CacheError::NoSuchLayer`](crate::CacheError::NoSuchLayer) or
    /// [`CacheError::ShapeMismatch`](crate::CacheError::ShapeMismatch) of `attend`. The window does not change in
    /// these cases.
    ///
    /// # Cost
    /// `2 B D window` multiply-adds per token.
    pub fn attend(&mut self, layer: usize, q: &Tensor, k: &Tensor, v: &Tensor) -> Result<Tensor> {
        // BEGIN SOLUTION: for each token: take it in, then attend to what is kept
        self.ring(layer)?;
        let Storage { n_heads, head_dim, .. } = self.storage;
        let sizes = [self.batch, n_heads, head_dim];
        let tokens = new_tokens("attend", (k, v), sizes)?;
        if new_tokens("attend", (q, v), sizes)? != tokens {
            let expected = format!("[{}, {n_heads}, {tokens}, {head_dim}], as keys", self.batch);
            let got = q.shape().to_vec();
            return Err(CacheError::ShapeMismatch { operation: "attend", got, expected });
        }
        let queries = elements(q);
        let keys = elements(k);
        let values = elements(v);
        let mut output = vec![0.0; q.len()];
        for token in 0..tokens {
            self.write(layer, (&keys, &values), (tokens, token));
            let order = |b: usize, h: usize| (b * n_heads + h) * tokens + token;
            let new = Queries { rows: &queries, batch: self.batch, n_heads, order: &order };
            attention::attend(&self.get(layer)?, new, &mut output)?;
        }
        Ok(Tensor::from_vec(output, q.shape())?)
        // END SOLUTION
    }

    /// Removes all tokens; the next one has position 0. The memory is kept.
    pub fn reset(&mut self) {
        // BEGIN SOLUTION: nothing seen, in any layer
        for ring in &mut self.layers {
            ring.seen = 0;
        }
        // END SOLUTION
    }

    /// Allocated bytes of all keys and values.
    pub fn allocated_bytes(&self) -> usize {
        // BEGIN SOLUTION: as in the whole cache, with the window for its length
        let floats: usize =
            self.layers.iter().map(|ring| ring.keys.len() + ring.values.len()).sum();
        floats * size_of::<f32>()
        // END SOLUTION
    }

    // BEGIN SOLUTION: -
    /// Writes one of several new tokens, `(tokens, which)`, from `[B, H, T, Dh]`.
    fn write(&mut self, layer: usize, (k, v): (&[f32], &[f32]), (tokens, token): (usize, usize)) {
        let storage = self.storage;
        let batch = self.batch;
        let Storage { n_heads, head_dim, room } = storage;
        let ring = &mut self.layers[layer];
        for (b, h) in (0..batch).flat_map(|b| (0..n_heads).map(move |h| (b, h))) {
            let from = ((b * n_heads + h) * tokens + token) * head_dim;
            let to = storage.row(b, h, ring.seen % room);
            let from = from..from + head_dim;
            let to = to..to + head_dim;
            ring.keys[to.clone()].copy_from_slice(&k[from.clone()]);
            ring.values[to].copy_from_slice(&v[from]);
        }
        ring.seen += 1;
    }

    fn ring(&self, layer: usize) -> Result<&Ring> {
        let n_layers = self.layers.len();
        self.layers.get(layer).ok_or(CacheError::NoSuchLayer { layer, n_layers })
    }
    // END SOLUTION
}
