//! Task `window`: only the last tokens, in a ring buffer.

use tinytorch::Tensor;

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
}

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
        let _ = (&batch, &window, &n_layers, &n_heads, &head_dim);
        todo!("refuse a size of 0, then take all the memory")
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
        let _ = (&layer, &k, &v); // Not used yet: goes with the todo!.
        todo!("check, then write the rows to the place of this position")
    }

    /// The kept tokens of one layer, oldest first.
    ///
    /// # Errors
    /// [`CacheError::NoSuchLayer`](crate::CacheError::NoSuchLayer).
    ///
    /// # Cost
    /// Nothing is copied or allocated.
    pub fn get(&self, layer: usize) -> Result<KvView<'_>> {
        let _ = &layer; // Not used yet: goes with the todo!.
        todo!("a view that starts at the oldest token")
    }

    /// The positions of the kept tokens in the text, counted from 0 since the last [`reset`](Self::reset). The next
    /// token has the position `positions(layer)?.end`.
    ///
    /// # Errors
    /// [`CacheError::NoSuchLayer`](crate::CacheError::NoSuchLayer).
    pub fn positions(&self, layer: usize) -> Result<Range<usize>> {
        let _ = &layer; // Not used yet: goes with the todo!.
        todo!("up to all tokens ever pushed, from `window` before that, or from 0")
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
        let _ = (&layer, &q, &k, &v); // Not used yet: goes with the todo!.
        todo!("for each token: take it in, then attend to what is kept")
    }

    /// Removes all tokens; the next one has position 0. The memory is kept.
    pub fn reset(&mut self) {
        todo!("nothing seen, in any layer")
    }

    /// Allocated bytes of all keys and values.
    pub fn allocated_bytes(&self) -> usize {
        todo!("as in the whole cache, with the window for its length")
    }
}
