//! Steps with a cache or a window, and their expected results.

use super::prelude::*;

/// The expected result of a step.
enum Expected {
    Done,
    Refused(&'static str),
    Rows([Vec<Floats>; 2]),
    Sizes(CacheSizes),
    Positions(usize, usize),
}

/// One layer: its keys and values so far, and how many of them are new.
#[derive(Clone)]
struct Layer {
    kept: [Kept; 2],
    fresh: usize,
}

/// A list of steps, built up one by one.
pub struct Script {
    pub room: CacheShape,
    window: bool,
    /// Tokens that the cache has advanced by.
    pub len: usize,
    layers: Vec<Layer>,
    steps: Vec<CacheStep>,
    expected: Vec<Expected>,
}

impl Script {
    /// Steps with a `KvCache`.
    pub fn cache(room: CacheShape) -> Self {
        Self::new(room, false)
    }

    /// Steps with a `WindowCache`.
    pub fn window(room: CacheShape) -> Self {
        Self::new(room, true)
    }

    fn new(room: CacheShape, window: bool) -> Self {
        let layer = Layer { kept: [Kept::new(room), Kept::new(room)], fresh: 0 };
        let layers = vec![layer; room.n_layers];
        Self { room, window, len: 0, layers, steps: Vec::new(), expected: Vec::new() }
    }

    fn add(&mut self, step: CacheStep, expected: Expected) {
        self.steps.push(step);
        self.expected.push(expected);
    }

    /// `update` or `push`, with contiguous rows.
    pub fn put(&mut self, draw: &mut Draw, layer: usize, tokens: usize) {
        self.put_as(draw, layer, tokens, false);
    }

    /// Like [`put`](Self::put); `scattered` rows are a view.
    pub fn put_as(&mut self, draw: &mut Draw, layer: usize, tokens: usize, scattered: bool) {
        let (k, keys) = rows(draw, self.room, tokens, scattered);
        let (v, values) = rows(draw, self.room, tokens, scattered);
        self.put_rows(layer, tokens, (k, v), (&keys, &values));
    }

    /// The same with the caller's rows: as tensors, and row by row.
    pub fn put_rows(
        &mut self,
        layer: usize,
        tokens: usize,
        (k, v): (Array, Array),
        (keys, values): (&[f32], &[f32]),
    ) {
        let (len, room, window) = (self.len, self.room, self.window);
        let one = &mut self.layers[layer];
        for (kept, data) in one.kept.iter_mut().zip([keys, values]) {
            if !window {
                kept.truncate(len);
            }
            kept.append(data, tokens, room.head_dim);
        }
        one.fresh = tokens;
        let step =
            if window { CacheStep::Push(layer, k, v) } else { CacheStep::Update(layer, k, v) };
        self.add(step, Expected::Done);
    }

    /// New tokens for every layer, then `advance`.
    pub fn step(&mut self, draw: &mut Draw, tokens: usize) {
        for layer in 0..self.room.n_layers {
            self.put(draw, layer, tokens);
        }
        self.advance(tokens);
    }

    /// `advance`.
    pub fn advance(&mut self, tokens: usize) {
        self.len += tokens;
        self.layers.iter_mut().for_each(|layer| layer.fresh = 0);
        self.add(CacheStep::Advance(tokens), Expected::Done);
    }

    /// `truncate`.
    pub fn truncate(&mut self, len: usize) {
        self.forget(len);
        self.add(CacheStep::Truncate(len), Expected::Done);
    }

    /// `reset`.
    pub fn reset(&mut self) {
        self.forget(0);
        self.add(CacheStep::Reset, Expected::Done);
    }

    fn forget(&mut self, len: usize) {
        self.len = len;
        for layer in &mut self.layers {
            layer.kept.iter_mut().for_each(|kept| kept.truncate(len));
            layer.fresh = 0;
        }
    }

    /// `get` of one layer.
    pub fn get(&mut self, layer: usize) {
        let first = if self.window { self.seen(layer).saturating_sub(self.room.tokens) } else { 0 };
        let kept = &self.layers[layer].kept;
        let rows = [kept[0].from(first), kept[1].from(first)];
        self.add(CacheStep::Get(layer), Expected::Rows(rows));
    }

    /// `get` of all layers.
    pub fn get_all(&mut self) {
        (0..self.room.n_layers).for_each(|layer| self.get(layer));
    }

    fn seen(&self, layer: usize) -> usize {
        self.layers[layer].kept[0].lists.first().map_or(0, Vec::len)
    }

    /// `positions` of one layer.
    pub fn positions(&mut self, layer: usize) {
        let seen = self.seen(layer);
        let first = seen.saturating_sub(self.room.tokens);
        self.add(CacheStep::Positions(layer), Expected::Positions(first, seen));
    }

    /// The results of its size functions.
    pub fn sizes(&mut self) {
        let CacheShape { batch, tokens, n_layers, n_heads, head_dim } = self.room;
        let batch = batch.unwrap_or(1);
        let bytes = |tokens: usize| 2 * n_layers * batch * n_heads * tokens * head_dim * 4;
        let (len, window) = (self.len, self.window);
        let told = CacheSizes {
            len,
            is_empty: !window && len == 0,
            tokens,
            batch,
            n_layers: if window { 0 } else { n_layers },
            allocated: bytes(tokens),
            used: if window { 0 } else { bytes(len) },
        };
        let step = if window { CacheStep::WindowSizes } else { CacheStep::Sizes };
        self.add(step, Expected::Sizes(told));
    }

    /// A step that must fail.
    pub fn refused(&mut self, step: CacheStep, kind: &'static str) {
        self.add(step, Expected::Refused(kind));
    }

    /// Runs all steps and compares the results.
    pub fn run(self, message: &'static str, code: &mut Client) -> CaseVerdict {
        let steps = self.steps.len();
        let saw = if self.window {
            code.window(self.room, self.steps)?
        } else {
            code.cache(self.room, self.steps)?
        };
        check::equal(message, &saw.len(), &steps)?;
        for (saw, expected) in saw.iter().zip(&self.expected) {
            compare(message, saw, expected)?;
        }
        Ok(())
    }
}

fn compare(message: &'static str, saw: &Reply, expected: &Expected) -> CaseVerdict {
    match (saw, expected) {
        (Ok(StepReply::Done { .. }), Expected::Done) => Ok(()),
        (saw, Expected::Refused(kind)) => refused(message, Some(saw), kind),
        (Ok(StepReply::Rows(rows)), Expected::Rows([keys, values])) => {
            same_bits(message, &rows.keys, keys)?;
            same_bits(message, &rows.values, values)
        }
        (Ok(StepReply::Sizes(got)), Expected::Sizes(told)) => check::equal(message, got, told),
        (Ok(StepReply::Positions(start, end)), Expected::Positions(first, seen)) => {
            check::equal(message, &(*start, *end), &(*first, *seen))
        }
        (saw, _) => Err(wrong(message, format!("{saw:?}"))),
    }
}
