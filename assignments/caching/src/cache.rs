//! Task `cache`: keys and values of every layer, for as many tokens as were planned for.

use tinytorch::Tensor;

use crate::{KvView, Result, Storage};

/// Keys and values of all layers. All memory is taken once, in the beginning.
///
/// A step of a model goes through the layers, and every layer is updated with the keys and values of
/// the step's new tokens, before it looks at all of them. Only then, and once, the cache advances:
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
    /// Tokens that the cache has advanced by.
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
    /// `8 B H Dh max_seq_len` bytes for each layer, all of them taken now.
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

    /// Tokens that the cache has advanced by.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has not advanced since it was made or reset.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Tokens that fit in all.
    pub fn max_seq_len(&self) -> usize {
        self.storage.room
    }

    /// The number of sequences.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// How rows lie in each layer.
    pub fn storage(&self) -> Storage {
        self.storage
    }

    /// The number of layers.
    pub fn n_layers(&self) -> usize {
        todo!("how many layers were asked for")
    }

    /// Writes the keys and values of T new tokens of one layer behind those that are there. They are
    /// seen by [`get`](Self::get) at once, and stay when the cache [advances](Self::advance). A second
    /// update before that takes the place of the first one.
    ///
    /// # Shapes
    /// Both `[B, H, T, Dh]`; any T, also 0. They may be views whose elements do not lie row by row.
    ///
    /// # Errors
    /// [`CacheError::NoSuchLayer`](crate::CacheError::NoSuchLayer), [`CacheError::ShapeMismatch`](crate::CacheError::ShapeMismatch) of `update`, or
    /// [`CacheError::Overflow`](crate::CacheError::Overflow): looked at in this order. Nothing is changed then.
    ///
    /// # Cost
    /// One copy of the new rows. Nothing that grows with the number of tokens that are there.
    pub fn update(&mut self, layer: usize, k: &Tensor, v: &Tensor) -> Result<()> {
        let _ = (&layer, &k, &v); // Not used yet: goes with the todo!.
        todo!("check layer, shapes and room, then copy each new row to its place")
    }

    /// Everything that is there of one layer: the tokens that the cache has advanced by, and those
    /// that this layer was updated with since.
    ///
    /// # Errors
    /// [`CacheError::NoSuchLayer`](crate::CacheError::NoSuchLayer).
    ///
    /// # Cost
    /// Nothing is copied, and no memory is taken.
    pub fn get(&self, layer: usize) -> Result<KvView<'_>> {
        let _ = &layer; // Not used yet: goes with the todo!.
        todo!("a view of the first rows, the new ones included")
    }

    /// Makes the `tokens` new ones that every layer was updated with part of the cache.
    ///
    /// # Errors
    /// [`CacheError::NotWritten`](crate::CacheError::NotWritten) for the first layer that was updated with another number of
    /// tokens. Nothing is changed then.
    pub fn advance(&mut self, tokens: usize) -> Result<()> {
        let _ = &tokens; // Not used yet: goes with the todo!.
        todo!("check that every layer has them, then count them")
    }

    /// Forgets all but the first `len` tokens, and all that was not advanced by. What follows can
    /// be computed anew from there: another answer to the same question, for example.
    ///
    /// # Errors
    /// [`CacheError::NotThatLong`](crate::CacheError::NotThatLong) when there are fewer. Nothing is changed then.
    pub fn truncate(&mut self, len: usize) -> Result<()> {
        let _ = &len; // Not used yet: goes with the todo!.
        todo!("check, then count fewer tokens, and no new ones")
    }

    /// Forgets all tokens. The memory stays, for the next sequences.
    pub fn reset(&mut self) {
        todo!("no tokens, no new ones")
    }

    /// Bytes that all keys and values have room in.
    pub fn allocated_bytes(&self) -> usize {
        todo!("layers x (keys and values) x sequences x heads x room x width x 4 bytes")
    }

    /// Bytes of the keys and values of the tokens that the cache has advanced by.
    pub fn used_bytes(&self) -> usize {
        todo!("the same for as many tokens as there are")
    }
}
