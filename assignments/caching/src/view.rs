//! A view of a cache, without a copy. Given.

/// The keys and values of one layer in place, oldest token first.
///
/// Those of one sequence and one head are rows of `head_dim` numbers, one per token. In a window that
/// has wrapped around, the oldest rows are after the newest in memory, so there are always two parts,
/// to be read one after another. In a cache that has not wrapped around, the second part is empty.
///
/// ```text
/// one sequence, one head, rows of two numbers, room for three tokens, the oldest in the middle:
///     in memory   5.0 5.5 | 3.0 3.5 | 4.0 4.5
///     keys(0, 0)  [3.0 3.5 4.0 4.5], then [5.0 5.5]
/// ```
#[derive(Clone, Copy, Debug)]
pub struct KvView<'a> {
    storage: Storage,
    keys: &'a [f32],
    values: &'a [f32],
    start: usize,
    len: usize,
}

/// The memory layout of keys, and of values likewise: `[B, H, room, Dh]`, row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storage {
    /// H, the number of heads.
    pub n_heads: usize,
    /// Dh, the width of a head.
    pub head_dim: usize,
    /// The capacity in tokens.
    pub room: usize,
}

impl Storage {
    /// The start of one token's row, for a sequence, a head and a place from 0 to `room`.
    pub fn row(&self, batch: usize, head: usize, place: usize) -> usize {
        ((batch * self.n_heads + head) * self.room + place) * self.head_dim
    }
}

impl<'a> KvView<'a> {
    /// The `len` tokens beginning at place `start`, which wrap around to place 0 at the end.
    /// `(keys, values)` are those of one layer, laid out according to [`Storage`].
    ///
    /// # Panics
    /// When `len` exceeds the capacity, or `start` is not a place in it.
    pub fn new(
        storage: Storage,
        (keys, values): (&'a [f32], &'a [f32]),
        start: usize,
        len: usize,
    ) -> Self {
        assert!(len <= storage.room && start < storage.room, "{start} + {len} in {storage:?}");
        Self { storage, keys, values, start, len }
    }

    /// The number of visible tokens.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no token is visible.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The same view without the newest tokens: only the `len` oldest ones.
    ///
    /// # Panics
    /// When there are fewer tokens.
    #[must_use]
    pub fn oldest(&self, len: usize) -> Self {
        assert!(len <= self.len, "the oldest {len} of {}", self.len);
        Self { len, ..*self }
    }

    /// The width of a head.
    pub fn head_dim(&self) -> usize {
        self.storage.head_dim
    }

    /// The keys of one sequence and one head: older rows, then newer ones.
    ///
    /// # Panics
    /// When there is no such sequence or head.
    pub fn keys(&self, batch: usize, head: usize) -> [&'a [f32]; 2] {
        self.parts(self.keys, batch, head)
    }

    /// The values, like [`keys`](Self::keys).
    ///
    /// # Panics
    /// When there is no such sequence or head.
    pub fn values(&self, batch: usize, head: usize) -> [&'a [f32]; 2] {
        self.parts(self.values, batch, head)
    }

    fn parts(&self, of: &'a [f32], batch: usize, head: usize) -> [&'a [f32]; 2] {
        assert!(head < self.storage.n_heads, "head {head} of {}", self.storage.n_heads);
        let Storage { head_dim, room, .. } = self.storage;
        let first = self.storage.row(batch, head, 0);
        let rows = &of[first..first + room * head_dim];
        let until_end = self.len.min(room - self.start);
        let older = &rows[self.start * head_dim..][..until_end * head_dim];
        [older, &rows[..(self.len - until_end) * head_dim]]
    }
}
