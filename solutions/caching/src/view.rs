//! What a cache shows of itself, without a copy. Given.

/// The keys and values of one layer, oldest token first, where they lie.
///
/// Those of one sequence and one head are rows of `head_dim` numbers, one for each token. In a window
/// that has come round to its beginning the oldest rows lie behind the newest: therefore there are
/// always two parts, to be read one after the other. In a cache that has not come round the second
/// one is empty.
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

/// How keys (and values, the same way) lie in memory: `[B, H, room, Dh]`, row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storage {
    /// H, the number of heads.
    pub n_heads: usize,
    /// Dh, the width of a head.
    pub head_dim: usize,
    /// How many tokens there is room for.
    pub room: usize,
}

impl Storage {
    /// Where the row of one token begins: sequence, head, and place from 0 to `room`.
    pub fn row(&self, batch: usize, head: usize, place: usize) -> usize {
        ((batch * self.n_heads + head) * self.room + place) * self.head_dim
    }
}

impl<'a> KvView<'a> {
    /// The `len` tokens from place `start` on, which go on at place 0 when they reach the end of the
    /// room. `(keys, values)` are those of one layer, as [`Storage`] says.
    ///
    /// # Panics
    /// `len` must not exceed the room, and `start` must lie in it.
    pub fn new(
        storage: Storage,
        (keys, values): (&'a [f32], &'a [f32]),
        start: usize,
        len: usize,
    ) -> Self {
        assert!(len <= storage.room && start < storage.room, "{start} + {len} in {storage:?}");
        Self { storage, keys, values, start, len }
    }

    /// How many tokens are seen.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no token is seen.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The same, but for the newest tokens: only the `len` oldest ones.
    ///
    /// # Panics
    /// When there are fewer.
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

    /// The values, as [`keys`](Self::keys).
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
