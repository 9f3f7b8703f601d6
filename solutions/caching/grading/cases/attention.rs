//! Task `attention`.

use super::prelude::*;

cases! { task "attention", client Client;
    /// Several tokens at once are attended to causally: the prefill.
    attention_of_a_prompt_is_causal;
    /// Tokens one after the other give the same as all at once.
    attention_of_single_tokens after [attention_of_a_prompt_is_causal];
    /// Chunks after chunks give the same as all at once.
    attention_of_chunks after [attention_of_a_prompt_is_causal];
    /// Sequences of a batch attend to themselves alone.
    attention_of_a_batch after [attention_of_a_prompt_is_causal];
    /// Any number of heads, of any width.
    attention_of_any_heads after [attention_of_a_prompt_is_causal];
    /// Attention uses the layer of the cache that it is told.
    attention_uses_its_layer after [attention_of_chunks];
    /// The keys and values of the new tokens are in the cache.
    attention_fills_the_cache;
    /// The cache does not advance by itself: the same tokens can be asked for again.
    attention_does_not_advance after [attention_of_a_prompt_is_causal];
}

/// A block's attention, its oracle, and a cache that fits.
pub struct Subject {
    pub model: Model,
    pub gpt: Gpt,
    pub block: usize,
    pub room: CacheShape,
}

impl Subject {
    /// The attention of one block of a small model.
    pub fn new(draw: &mut Draw, batch: usize) -> Self {
        let sizes = sizes(draw, 24);
        Self::of(draw, sizes, batch)
    }

    fn of(draw: &mut Draw, sizes: Sizes, batch: usize) -> Self {
        let model = Model::Drawn(sizes, draw.bits());
        let block = draw.int(0..=sizes.n_layers - 1);
        Self { model, gpt: Gpt::new(model), block, room: room_of(sizes, batch, 24) }
    }

    /// The width D.
    pub fn width(&self) -> usize {
        self.gpt.sizes.d_model
    }

    /// Feeds an input in chunks and compares all outputs.
    fn agrees(
        &self,
        message: &'static str,
        code: &mut Client,
        (input, rows): (Array, Batch),
        lengths: &[usize],
    ) -> CaseVerdict {
        let mut passes = Vec::new();
        let mut first = 0;
        for length in lengths {
            passes.push(LayerStep::Forward(self.block, part(&input, first, *length)));
            passes.extend(self.advance(*length));
            first += length;
        }
        let expected: Batch =
            rows.iter().map(|rows| self.gpt.attention(self.block, rows)).collect();
        let saw = code.attention(self.model, self.block, self.room, passes)?;
        let outputs = saw.iter().filter(|saw| !matches!(saw, Ok(StepReply::Done { .. })));
        let mut first = 0;
        for (saw, length) in outputs.zip(lengths) {
            let wanted: Batch =
                expected.iter().map(|rows| rows[first..first + length].to_vec()).collect();
            agrees(message, &output(message, Some(saw))?, &wanted)?;
            first += length;
        }
        check::equal(message, &first, &input.shape[1])
    }

    /// Advances a cache of one layer. One of several layers cannot advance, because
    /// only one is updated.
    fn advance(&self, tokens: usize) -> Option<LayerStep> {
        (self.room.n_layers == 1).then_some(LayerStep::Advance(tokens))
    }

    /// Changes the cache to a single layer and the block to 0.
    pub fn alone(self) -> Self {
        Self { block: 0, room: CacheShape { n_layers: 1, ..self.room }, ..self }
    }
}

/// Tokens `first..first + length` of `[B, T, D]`.
pub fn part(input: &Array, first: usize, length: usize) -> Array {
    let [batch, tokens, width] = [input.shape[0], input.shape[1], input.shape[2]];
    let row = |b: usize| &input.data.0[(b * tokens + first) * width..][..length * width];
    let data: Vec<f32> = (0..batch).flat_map(|b| row(b).to_vec()).collect();
    Array { shape: vec![batch, length, width], data: Floats(data), axes: Vec::new() }
}

pub fn attention_of_a_prompt_is_causal(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each token of a prompt should attend to itself and to the tokens before it";
    for _ in 0..3 {
        let subject = Subject::new(draw, 1).alone();
        let tokens = draw.int(5..=12);
        let input = hidden(draw, [1, tokens, subject.width()], 1.0);
        subject.agrees(message, code, input, &[tokens])?;
    }
    Ok(())
}

fn attention_of_single_tokens(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a single new token should attend to all tokens before it and to itself";
    let subject = Subject::new(draw, 1).alone();
    let input = hidden(draw, [1, 12, subject.width()], 1.0);
    subject.agrees(message, code, input, &[1; 12])
}

pub fn attention_of_chunks(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "new tokens should see all tokens of the cache, and those of their own chunk that come \
                   before them";
    for _ in 0..4 {
        let subject = Subject::new(draw, 1).alone();
        let input = hidden(draw, [1, 16, subject.width()], 1.0);
        let lengths = chunks(draw, 16, 6);
        subject.agrees(message, code, input, &lengths)?;
    }
    Ok(())
}

fn attention_of_a_batch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each sequence of a batch should attend to itself alone";
    for batch in [2, 3, 5] {
        let subject = Subject::new(draw, batch).alone();
        let input = hidden(draw, [batch, 9, subject.width()], 1.0);
        subject.agrees(message, code, input, &[4, 1, 1, 3])?;
    }
    Ok(())
}

fn attention_of_any_heads(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "attention should be right for any number of heads of any width: head h has columns \
                   h Dh to (h + 1) Dh, and scores are divided by sqrt(Dh)";
    for (n_heads, head_dim) in [(1, 1), (1, 12), (6, 2), (5, 1), (2, 16), (3, 33), (2, 64)] {
        let sizes = Sizes { n_heads, d_model: n_heads * head_dim, ..sizes(draw, 24) };
        let subject = Subject::of(draw, sizes, 2).alone();
        let input = hidden(draw, [2, 7, subject.width()], 1.0);
        subject.agrees(message, code, input, &[5, 1, 1])?;
    }
    Ok(())
}

fn attention_uses_its_layer(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "attention should read and update the layer of the cache that it is told, and no other";
    let subject = Subject::new(draw, 2);
    let (input, rows) = hidden(draw, [2, 6, subject.width()], 1.0);
    let layers = subject.room.n_layers;
    let mut passes: Vec<LayerStep> =
        (0..layers).map(|layer| LayerStep::Forward(layer, part(&input, layer, 2))).collect();
    passes.push(LayerStep::Advance(2));
    passes.extend((0..layers).map(|layer| LayerStep::Forward(layer, part(&input, 4, 1))));
    let saw = code.attention(subject.model, subject.block, subject.room, passes)?;
    for layer in 0..layers {
        let seen = |rows: &Vec<Vec<f64>>| [&rows[layer..layer + 2], &rows[4..5]].concat();
        let whole = |rows| subject.gpt.attention(subject.block, &seen(rows));
        let expected: Batch = rows.iter().map(|rows| whole(rows)[2..].to_vec()).collect();
        let last = saw.get(layers + 1 + layer);
        agrees(message, &output(message, last)?, &expected)?;
    }
    Ok(())
}

fn attention_fills_the_cache(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the keys and values of new tokens should be in the cache, head by head";
    let subject = Subject::new(draw, 2);
    let (input, rows) = hidden(draw, [2, 5, subject.width()], 1.0);
    let passes = vec![LayerStep::Forward(subject.block, input), LayerStep::Get(subject.block)];
    let saw = code.attention(subject.model, subject.block, subject.room, passes)?;
    let Some(Ok(StepReply::Rows(shown))) = saw.get(1) else {
        return Err(wrong(message, format!("{saw:?}")));
    };
    check::equal(message, &shown.len, &5)?;
    let CacheShape { n_heads, head_dim, .. } = subject.room;
    for (kind, lists) in [("key", &shown.keys), ("value", &shown.values)] {
        check::equal(message, &lists.len(), &(2 * n_heads))?;
        for (pair, list) in lists.iter().enumerate() {
            let (b, head) = (pair / n_heads, pair % n_heads);
            let project = |row: &Vec<f64>| {
                let whole = subject.gpt.projected(subject.block, kind, row);
                whole[head * head_dim..(head + 1) * head_dim].to_vec()
            };
            let expected: Vec<f64> = rows[b].iter().flat_map(project).collect();
            check::equal(message, &list.0.len(), &expected.len())?;
            close(message, pair, &list.0, &expected, 1e-5)?;
        }
    }
    Ok(())
}

fn attention_does_not_advance(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "attention should not advance the cache: what is asked for again gives the same";
    let subject = Subject::new(draw, 1).alone();
    let (input, rows) = hidden(draw, [1, 6, subject.width()], 1.0);
    let last = part(&input, 4, 2);
    let passes = vec![
        LayerStep::Forward(0, part(&input, 0, 4)),
        LayerStep::Advance(4),
        LayerStep::Forward(0, last.clone()),
        LayerStep::Forward(0, last.clone()),
        LayerStep::Forward(0, last),
        LayerStep::Advance(2),
    ];
    let saw = code.attention(subject.model, 0, subject.room, passes)?;
    let expected: Batch =
        rows.iter().map(|rows| subject.gpt.attention(0, rows)[4..].to_vec()).collect();
    for at in [2, 3, 4] {
        let one = saw.get(at);
        agrees(message, &output(message, one)?, &expected)?;
    }
    check::that(matches!(saw.get(5), Some(Ok(StepReply::Done { .. }))), message, || {
        format!("{saw:?}")
    })
}
