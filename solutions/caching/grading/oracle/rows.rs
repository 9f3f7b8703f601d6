//! The expected keys and values: a list that grows by appending.

use crate::contract::{Array, CacheShape};
use grader_judge::Draw;
use grader_protocol::Floats;

/// `[B][H][token][Dh]`, independent of the cache's layout.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// For each sequence and head, the rows so far.
    pub lists: Vec<Vec<Vec<f32>>>,
}

impl Kept {
    /// No rows yet.
    pub fn new(room: CacheShape) -> Self {
        Self { lists: vec![Vec::new(); room.batch.unwrap_or(1) * room.n_heads] }
    }

    /// Appends the rows of `[B, H, T, Dh]`, given row by row.
    pub fn append(&mut self, data: &[f32], tokens: usize, head_dim: usize) {
        for (list, rows) in self.lists.iter_mut().zip(data.chunks_exact((tokens * head_dim).max(1)))
        {
            list.extend(rows.chunks_exact(head_dim).map(<[f32]>::to_vec));
        }
    }

    /// The rows from `first` on, in the form of a view.
    pub fn from(&self, first: usize) -> Vec<Floats> {
        self.lists.iter().map(|list| Floats(list[first.min(list.len())..].concat())).collect()
    }

    /// Keeps only the first rows.
    pub fn truncate(&mut self, len: usize) {
        self.lists.iter_mut().for_each(|list| list.truncate(len));
    }
}

/// New keys or values `[B, H, T, Dh]` of normally distributed numbers, as a tensor and row by row.
/// `scattered` ones are a view of `[B, T, H, Dh]`, the order that projections produce.
pub fn rows(
    draw: &mut Draw,
    room: CacheShape,
    tokens: usize,
    scattered: bool,
) -> (Array, Vec<f32>) {
    let (batch, heads, width) = (room.batch.unwrap_or(1), room.n_heads, room.head_dim);
    let count = batch * heads * tokens * width;
    let data: Vec<f32> = (0..count).map(|_| draw.normal() as f32).collect();
    if !scattered {
        let shape = vec![batch, heads, tokens, width];
        return (Array { shape, data: Floats(data.clone()), axes: Vec::new() }, data);
    }
    let mut rows = Vec::with_capacity(count);
    for (b, h) in (0..batch).flat_map(|b| (0..heads).map(move |h| (b, h))) {
        for t in 0..tokens {
            rows.extend_from_slice(&data[((b * tokens + t) * heads + h) * width..][..width]);
        }
    }
    let shape = vec![batch, tokens, heads, width];
    (Array { shape, data: Floats(data), axes: vec![0, 2, 1, 3] }, rows)
}
