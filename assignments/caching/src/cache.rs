//! Task `cache`: keys and values of every layer, for a fixed maximum number of tokens.

use tinytorch::Tensor;

use crate::{KvView, Result, Storage};

/// Keys and values of all layers. All memory is allocated once, at the beginning.
///
/// A step of a model goes through the layers. Each layer is first updated with the keys and values of the step's
/// new tokens, and then reads all of them. The cache advances once, after the last layer:
///
/// ```
/// use caching::KvCache;
/// use tinytorch::Tensor;
///
/// let mut cache = KvCache::new(8, 1, 2, 4)?;
/// let (k, v) = (Tensor::ones(&[1, 2, 3, 4]), Tensor::zeros(&[1, 2, 3, 4]));
/// cache.update(0, &k, &v)?;
/// assert_eq!((cache.len(), cache.get(0)?.len()), (0, 3));
/// cache.advance(3)?;
/// assert_eq!((cache.len(), cache.get(0)?.len()), (3, 3));
/// assert_eq!(cache.get(0)?.keys(0, 1)[0], [1.0; 12]);
/// # Ok::<(), caching::CacheError>(())
/// ```
#[derive(Clone, Debug)]
pub struct KvCache {
    storage: Storage,
    batch: usize,
    /// The number of tokens that the cache has advanced by.
    len: usize,
    // Add the fields that you need.
}

impl KvCache {
    /// An empty cache for one sequence of up to `max_seq_len` tokens.
    ///
    /// # Errors
    /// [`CacheError::BadSize`](crate::CacheError::BadSize) when one of the sizes is 0.
    pub fn new(
        max_seq_len: usize,
        n_layers: usize,
        n_heads: usize,
        head_dim: usize,
    ) -> Result<Self> {
        Self::with_batch(1, max_seq_len, n_layers, n_heads, head_dim)
    }

    /// An empty cache for `batch` sequences of the same length.
    ///
    /// # Errors
    /// [`CacheError::BadSize`](crate::CacheError::BadSize) when one of the sizes is 0; it names the argument.
    ///
    /// # Cost
    /// `8 B H Dh max_seq_len` bytes per layer, all allocated at once.
    pub fn with_batch(
        batch: usize,
        max_seq_len: usize,
        n_layers: usize,
        n_heads: usize,
        head_dim: usize,
    ) -> Result<Self> {
        let _ = (&batch, &max_seq_len, &n_layers, &n_heads, &head_dim);
        todo!("refuse a size of 0, then take all the memory")
    }

    /// The number of tokens that the cache has advanced by.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the cache has not advanced since it was created or reset.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The maximum number of tokens.
    pub fn max_seq_len(&self) -> usize {
        self.storage.room
    }

    /// The number of sequences.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// The memory layout of each layer.
    pub fn storage(&self) -> Storage {
        self.storage
    }

    /// The number of layers.
    pub fn n_layers(&self) -> usize {
        todo!("how many layers were asked for")
    }

    /// Writes the keys and values of T new tokens of one layer after the existing ones. [`get`](Self::get) shows
    /// them immediately, and they become permanent when the cache [advances](Self::advance). A second update before
    /// that replaces the first one.
    ///
    /// # Shapes
    /// Both `[B, H, T, Dh]`, with any T, including 0. They may be views that are not stored row by row.
    ///
    /// # Errors
    /// [`CacheError::NoSuchLayer`](crate::CacheError::NoSuchLayer),
    /// [`CacheError::ShapeMismatch`](crate::CacheError::ShapeMismatch) of `update`, or
    /// [`CacheError::Overflow`](crate::CacheError::Overflow), checked in this order. The cache does not change in
    /// these cases.
    ///
    /// # Cost
    /// One copy of the new rows. The cost does not grow with the number of existing tokens.
    pub fn update(&mut self, layer: usize, k: &Tensor, v: &Tensor) -> Result<()> {
        let _ = (&layer, &k, &v); // Not used yet: goes with the todo!.
        todo!("check layer, shapes and room, then copy each new row to its place")
    }

    /// All tokens of one layer: those that the cache has advanced by, and those of this layer's update since then.
    ///
    /// # Errors
    /// [`CacheError::NoSuchLayer`](crate::CacheError::NoSuchLayer).
    ///
    /// # Cost
    /// Nothing is copied or allocated.
    pub fn get(&self, layer: usize) -> Result<KvView<'_>> {
        let _ = &layer; // Not used yet: goes with the todo!.
        todo!("a view of the first rows, the new ones included")
    }

    /// Makes the `tokens` new tokens of every layer's update part of the cache.
    ///
    /// # Errors
    /// [`CacheError::NotWritten`](crate::CacheError::NotWritten) for the first layer that was updated with another
    /// number of tokens. The cache does not change in that case.
    pub fn advance(&mut self, tokens: usize) -> Result<()> {
        let _ = &tokens; // Not used yet: goes with the todo!.
        todo!("check that every layer has them, then count them")
    }

    /// Removes all tokens except the first `len`, and all updates since the last advance. Computation can continue
    /// from there, for example with another answer to the same question.
    ///
    /// # Errors
    /// [`CacheError::NotThatLong`](crate::CacheError::NotThatLong) when there are fewer tokens. The cache does not
    /// change in that case.
    pub fn truncate(&mut self, len: usize) -> Result<()> {
        let _ = &len; // Not used yet: goes with the todo!.
        todo!("check, then count fewer tokens, and no new ones")
    }

    /// Removes all tokens. The memory is kept for the next sequences.
    pub fn reset(&mut self) {
        todo!("no tokens, no new ones")
    }

    /// Allocated bytes of all keys and values.
    pub fn allocated_bytes(&self) -> usize {
        todo!("layers x (keys and values) x sequences x heads x room x width x 4 bytes")
    }

    /// Bytes of the keys and values of tokens that the cache has advanced by.
    pub fn used_bytes(&self) -> usize {
        todo!("the same for as many tokens as there are")
    }
}
