//! Task `cache`: keys and values of every layer, for a fixed maximum number of tokens.

// BEGIN SOLUTION: -
use crate::CacheError;
use std::borrow::Cow;
// END SOLUTION
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
    // BEGIN SOLUTION: -
    layers: Vec<Layer>,
    // END SOLUTION
}

// BEGIN SOLUTION: -
/// One layer; keys and values are both `[B, H, room, Dh]`.
#[derive(Clone, Debug)]
struct Layer {
    keys: Vec<f32>,
    values: Vec<f32>,
    /// The number of tokens in the last update since the cache advanced.
    written: usize,
}

/// Rows of new tokens, and their memory order.
#[derive(Clone, Copy)]
pub(crate) struct NewRows<'a> {
    pub(crate) keys: &'a [f32],
    pub(crate) values: &'a [f32],
    pub(crate) tokens: usize,
    /// Whether they are `[B, H, T, Dh]`; otherwise `[B, T, H, Dh]`.
    pub(crate) heads_first: bool,
}
// END SOLUTION

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
        // BEGIN SOLUTION: refuse a size of 0, then take all the memory
        let sizes = [
            ("batch", batch),
            ("max_seq_len", max_seq_len),
            ("n_layers", n_layers),
            ("n_heads", n_heads),
            ("head_dim", head_dim),
        ];
        if let Some((what, _)) = sizes.iter().find(|(_, size)| *size == 0) {
            return Err(CacheError::BadSize { what });
        }
        let storage = Storage { n_heads, head_dim, room: max_seq_len };
        let empty = || vec![0.0; storage.row(batch, 0, 0)];
        let layer = || Layer { keys: empty(), values: empty(), written: 0 };
        Ok(Self { storage, batch, len: 0, layers: (0..n_layers).map(|_| layer()).collect() })
        // END SOLUTION
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
        // BEGIN SOLUTION: how many layers were asked for
        self.layers.len()
        // END SOLUTION
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
        // BEGIN SOLUTION: check layer, shapes and room, then copy each new row to its place
        self.layer(layer)?;
        let Storage { n_heads, head_dim, .. } = self.storage;
        let tokens = new_tokens("update", (k, v), [self.batch, n_heads, head_dim])?;
        let keys = elements(k);
        let values = elements(v);
        self.write(layer, NewRows { keys: &keys, values: &values, tokens, heads_first: true })
        // END SOLUTION
    }

    /// All tokens of one layer: those that the cache has advanced by, and those of this layer's update since then.
    ///
    /// # Errors
    /// [`CacheError::NoSuchLayer`](crate::CacheError::NoSuchLayer).
    ///
    /// # Cost
    /// Nothing is copied or allocated.
    pub fn get(&self, layer: usize) -> Result<KvView<'_>> {
        // BEGIN SOLUTION: a view of the first rows, the new ones included
        let Layer { keys, values, written } = self.layer(layer)?;
        Ok(KvView::new(self.storage, (keys, values), 0, self.len + written))
        // END SOLUTION
    }

    /// Makes the `tokens` new tokens of every layer's update part of the cache.
    ///
    /// # Errors
    /// [`CacheError::NotWritten`](crate::CacheError::NotWritten) for the first layer that was updated with another
    /// number of tokens. The cache does not change in that case.
    pub fn advance(&mut self, tokens: usize) -> Result<()> {
        // BEGIN SOLUTION: check that every layer has them, then count them
        for (layer, Layer { written, .. }) in self.layers.iter().enumerate() {
            if *written != tokens {
                return Err(CacheError::NotWritten { layer, written: *written, tokens });
            }
        }
        self.len += tokens;
        self.forget_new();
        Ok(())
        // END SOLUTION
    }

    /// Removes all tokens except the first `len`, and all updates since the last advance. Computation can continue
    /// from there, for example with another answer to the same question.
    ///
    /// # Errors
    /// [`CacheError::NotThatLong`](crate::CacheError::NotThatLong) when there are fewer tokens. The cache does not
    /// change in that case.
    pub fn truncate(&mut self, len: usize) -> Result<()> {
        // BEGIN SOLUTION: check, then count fewer tokens, and no new ones
        if len > self.len {
            return Err(CacheError::NotThatLong { len: self.len, asked: len });
        }
        self.len = len;
        self.forget_new();
        Ok(())
        // END SOLUTION
    }

    /// Removes all tokens. The memory is kept for the next sequences.
    pub fn reset(&mut self) {
        // BEGIN SOLUTION: no tokens, no new ones
        self.len = 0;
        self.forget_new();
        // END SOLUTION
    }

    /// Allocated bytes of all keys and values.
    pub fn allocated_bytes(&self) -> usize {
        // BEGIN SOLUTION: layers x (keys and values) x sequences x heads x room x width x 4 bytes
        self.bytes_of(self.storage.room)
        // END SOLUTION
    }

    /// Bytes of the keys and values of tokens that the cache has advanced by.
    pub fn used_bytes(&self) -> usize {
        // BEGIN SOLUTION: the same for as many tokens as there are
        self.bytes_of(self.len)
        // END SOLUTION
    }

    // BEGIN SOLUTION: -
    /// [`update`](Self::update) with rows in the order that projections produce.
    pub(crate) fn write(&mut self, layer: usize, new: NewRows<'_>) -> Result<()> {
        let storage = self.storage;
        let batch = self.batch;
        let len = self.len;
        self.layer(layer)?;
        if new.tokens > storage.room - len {
            return Err(CacheError::Overflow {
                len,
                tokens: new.tokens,
                max_seq_len: storage.room,
            });
        }
        let Storage { n_heads, head_dim, .. } = storage;
        let layer = &mut self.layers[layer];
        for b in 0..batch {
            for (h, t) in (0..n_heads).flat_map(|h| (0..new.tokens).map(move |t| (h, t))) {
                let from = if new.heads_first {
                    (b * n_heads + h) * new.tokens + t
                } else {
                    (b * new.tokens + t) * n_heads + h
                } * head_dim;
                let to = storage.row(b, h, len + t);
                let from = from..from + head_dim;
                let to = to..to + head_dim;
                layer.keys[to.clone()].copy_from_slice(&new.keys[from.clone()]);
                layer.values[to].copy_from_slice(&new.values[from]);
            }
        }
        layer.written = new.tokens;
        Ok(())
    }

    fn layer(&self, layer: usize) -> Result<&Layer> {
        let n_layers = self.layers.len();
        self.layers.get(layer).ok_or(CacheError::NoSuchLayer { layer, n_layers })
    }

    pub(crate) fn forget_new(&mut self) {
        for layer in &mut self.layers {
            layer.written = 0;
        }
    }

    fn bytes_of(&self, tokens: usize) -> usize {
        let Storage { n_heads, head_dim, .. } = self.storage;
        2 * self.layers.len() * self.batch * n_heads * tokens * head_dim * size_of::<f32>()
    }
    // END SOLUTION
}

// BEGIN SOLUTION: -
/// Checks that keys and values are both `[B, H, T, Dh]`, and returns T.
pub(crate) fn new_tokens(
    operation: &'static str,
    (k, v): (&Tensor, &Tensor),
    [batch, n_heads, head_dim]: [usize; 3],
) -> Result<usize> {
    let tokens = k.shape().get(2).copied().unwrap_or(0);
    for tensor in [k, v] {
        if *tensor.shape() != [batch, n_heads, tokens, head_dim] {
            let expected = format!("[{batch}, {n_heads}, tokens, {head_dim}], keys as values");
            let got = tensor.shape().to_vec();
            return Err(CacheError::ShapeMismatch { operation, got, expected });
        }
    }
    Ok(tokens)
}

/// The elements row by row; a copy only where they do not lie that way.
pub(crate) fn elements(tensor: &Tensor) -> Cow<'_, [f32]> {
    match tensor.as_slice() {
        Some(rows) => Cow::Borrowed(rows),
        None => Cow::Owned(tensor.to_vec()),
    }
}
// END SOLUTION
