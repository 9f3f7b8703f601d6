//! Task `model`: the scores equal those of the whole sequence.

use super::prelude::*;
use super::turns::{self, ModelScript};

cases! { task "model", client Client;
    /// One block alone computes what the whole block computes, chunk by chunk.
    block_agrees_with_the_whole;
    /// A whole prompt at once: scores at every position as without a cache.
    logits_of_a_prompt after [block_agrees_with_the_whole];
    /// Token by token: scores at every position as without a cache.
    logits_of_single_tokens after [logits_of_a_prompt];
    /// In chunks of any lengths: scores at every position as without a cache.
    logits_of_chunks after [logits_of_a_prompt];
    /// Several sequences at once, each with its own scores.
    logits_of_a_batch after [logits_of_a_prompt];
    /// Models of other sizes: one layer, many, one head, many.
    logits_of_any_sizes after [logits_of_chunks];
    /// The trained GPT, up to its last position.
    logits_of_the_trained_model after [logits_of_chunks];
    /// The keys and values of every layer are in the cache, with none missing or twice.
    model_fills_the_cache after [logits_of_a_prompt];
    /// `new_cache` has the model's sizes.
    new_cache_has_the_models_sizes;
    /// A step takes no memory in proportion to the tokens that are cached.
    decoding_does_not_copy_the_cache after [logits_of_single_tokens];
}

const SAME: &str = "the scores at every new position should be those of the whole sequence without a \
                    cache, within 1e-5";

fn block_agrees_with_the_whole(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a block should give `y = x + attention(ln1(x))`, then `y + fc2(gelu(fc1(ln2(y))))`, of new \
                   tokens";
    for _ in 0..3 {
        let (model, gpt) = model(draw, 20);
        let block = draw.int(0..=gpt.sizes.n_layers - 1);
        let room = CacheShape { n_layers: 1, ..room_of(gpt.sizes, 2, 20) };
        let width = gpt.sizes.d_model;
        let (first, first_rows) = hidden(draw, [2, 4, width], 1.0);
        let (second, second_rows) = hidden(draw, [2, 3, width], 1.0);
        let passes = vec![
            LayerStep::Forward(0, first),
            LayerStep::Advance(4),
            LayerStep::Forward(0, second),
            LayerStep::Advance(3),
        ];
        let saw = code.block(model, block, room, passes)?;
        let whole = first_rows.iter().zip(&second_rows);
        let whole: Batch =
            whole.map(|(first, second)| gpt.block(block, &[&first[..], second].concat())).collect();
        for (at, tokens) in [(0, 0..4), (2, 4..7)] {
            let wanted: Batch = whole.iter().map(|rows| rows[tokens.clone()].to_vec()).collect();
            let got = output(message, saw.get(at))?;
            agrees(message, &got, &wanted)?;
        }
        let done = matches!(saw.get(3), Some(Ok(StepReply::Done { .. })));
        check::that(done, message, || format!("{saw:?}"))?;
    }
    Ok(())
}

/// Feeds random sequences in chunks of these lengths.
fn talks(
    code: &mut Client,
    draw: &mut Draw,
    (model, gpt): (Model, &Gpt),
    batch: usize,
    lengths: &[usize],
) -> CaseVerdict {
    let mut talk = ModelScript::new(model, gpt, batch);
    for length in lengths {
        talk.forward(ids(draw, gpt.sizes, batch, *length));
    }
    talk.run(SAME, code)
}

pub fn logits_of_a_prompt(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for tokens in [16, 1, draw.int(2..=15)] {
        let (model, gpt) = model(draw, 16);
        talks(code, draw, (model, &gpt), 1, &[tokens])?;
    }
    Ok(())
}

pub fn logits_of_single_tokens(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (model, gpt) = model(draw, 16);
    talks(code, draw, (model, &gpt), 1, &[1; 16])
}

pub fn logits_of_chunks(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let (model, gpt) = model(draw, 24);
        let lengths = chunks(draw, 24, 7);
        talks(code, draw, (model, &gpt), 1, &lengths)?;
    }
    let (model, gpt) = model(draw, 24);
    talks(code, draw, (model, &gpt), 1, &[5, 1, 5, 2, 1, 10])
}

pub fn logits_of_a_batch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for batch in [2, 3, 9] {
        let (model, gpt) = model(draw, 12);
        talks(code, draw, (model, &gpt), batch, &[4, 1, 1, 3])?;
    }
    Ok(())
}

fn logits_of_any_sizes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for (n_layers, n_heads, head_dim) in [(1, 1, 16), (1, 4, 8), (5, 2, 8), (2, 8, 2), (2, 2, 32)] {
        let sizes = Sizes { n_layers, n_heads, d_model: n_heads * head_dim, ..sizes(draw, 12) };
        let model = Model::Drawn(sizes, draw.bits());
        talks(code, draw, (model, &Gpt::new(model)), 2, &[5, 1, 2, 1])?;
    }
    Ok(())
}

fn logits_of_the_trained_model(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let gpt = Gpt::new(Model::Trained);
    let lengths = [&[100, 1, 1][..], &chunks(draw, 154, 60)].concat();
    let mut talk = ModelScript::new(Model::Trained, &gpt, 1);
    let text = turns::sums(draw, 256);
    let mut first = 0;
    for length in lengths {
        talk.forward(vec![text[first..first + length].to_vec()]);
        first += length;
    }
    talk.run(SAME, code)
}

fn model_fills_the_cache(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "after the prompt and after each step the cache should hold the keys and values of every \
                   token in every layer, once";
    let (model, gpt) = model(draw, 16);
    let mut talk = ModelScript::new(model, &gpt, 2);
    for tokens in [6, 1, 3] {
        talk.forward(ids(draw, gpt.sizes, 2, tokens));
        (0..gpt.sizes.n_layers).for_each(|layer| talk.get(layer));
    }
    talk.run(message, code)
}

fn new_cache_has_the_models_sizes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`new_cache` should be empty and have the model's layers and heads, room for \
                   `max_seq_len` tokens, and the batch that is asked for";
    let longest = draw.int(10..=40);
    let sizes = sizes(draw, longest);
    for batch in [1, draw.int(2..=5)] {
        let told = code.new_cache(Model::Drawn(sizes, 1), batch)?;
        let expected = CacheSizes {
            len: 0,
            is_empty: true,
            tokens: sizes.max_seq_len,
            batch,
            n_layers: sizes.n_layers,
            allocated: 2 * sizes.n_layers * batch * sizes.max_seq_len * sizes.d_model * 4,
            used: 0,
        };
        check::equal(message, &told, &expected)?;
    }
    check::returns_error(message, code.new_cache(Model::Drawn(sizes, 1), 0), "BadSize")
}

fn decoding_does_not_copy_the_cache(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a step with one token should not copy what is cached: the memory that it takes may grow by \
                   some numbers a token and head, not by keys and values";
    let sizes = Sizes { vocab_size: 20, max_seq_len: 640, d_model: 64, n_heads: 2, n_layers: 2 };
    let model = Model::Drawn(sizes, draw.bits());
    let token = |draw: &mut Draw| ModelStep::Forward(ids(draw, sizes, 1, 1));
    let prompt = ModelStep::Forward(ids(draw, sizes, 1, 600));
    let turns = vec![token(draw), token(draw), prompt, token(draw), token(draw)];
    let after = after(message, code.model(model, 1, None, with_len(turns))?)?;
    let allocated = |at: usize| match after.get(at).map(|after| &after.outcome) {
        Some(Ok(StepReply::Logits(_, allocated))) => *allocated,
        _ => usize::MAX,
    };
    // Scores and weights of 600 tokens take about 5 KB per buffer and layer; keys and values take 300 KB
    // per layer.
    let grown = allocated(4).saturating_sub(allocated(1));
    check::that(grown < 150_000, message, || format!("{grown} bytes more after 600 tokens"))?;
    // Copies of the whole cache would have the same size from the beginning.
    check::that(allocated(4) < 250_000, message, || format!("{} bytes", allocated(4)))
}
