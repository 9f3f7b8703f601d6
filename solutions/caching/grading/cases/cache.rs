//! Task `cache`: stored keys and values are read back.

use super::prelude::*;
use super::script::Script;

cases! { task "cache", client Client;
    /// What a layer was updated with is what `get` shows.
    cache_gives_back_what_it_was_given;
    /// Each layer has keys and values of its own.
    cache_keeps_layers_apart after [cache_gives_back_what_it_was_given];
    /// Sequences and heads keep apart, in any number.
    cache_keeps_sequences_and_heads_apart after [cache_gives_back_what_it_was_given];
    /// Tokens are appended, however many come at once.
    cache_appends after [cache_gives_back_what_it_was_given];
    /// New tokens are seen before the cache advances, and do not count yet.
    cache_shows_new_tokens_at_once;
    /// A second update before `advance` takes the place of the first.
    cache_replaces_what_was_not_advanced after [cache_gives_back_what_it_was_given];
    /// Views are read along their strides.
    cache_reads_views after [cache_gives_back_what_it_was_given];
    /// A cache can be filled up to its last token.
    cache_fills_up after [cache_appends];
    /// Every bit is kept: NaN, infinity, zero with a sign, and the smallest numbers.
    cache_keeps_every_bit after [cache_gives_back_what_it_was_given];
    /// `truncate` leaves the first tokens, and what follows is appended to them.
    cache_truncates after [cache_appends];
    /// `truncate` forgets what was not advanced by.
    cache_truncate_forgets_new_tokens after [cache_truncates];
    /// After `reset` the cache is empty and can be used anew.
    cache_resets after [cache_appends];
    /// `reset` forgets what was not advanced by.
    cache_reset_forgets_new_tokens after [cache_resets];
    /// An update with no tokens is an update.
    cache_takes_no_tokens after [cache_gives_back_what_it_was_given];
    /// `new` makes a cache for one sequence.
    cache_new_is_for_one_sequence;
    /// Bytes are counted, those there is room in and those in use.
    cache_counts_bytes;
    /// `get` takes no memory, and `update` no more than its rows.
    cache_copies_nothing_twice after [cache_gives_back_what_it_was_given];
}

pub fn cache_gives_back_what_it_was_given(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`get` should show the keys and values that the layer was updated with";
    for _ in 0..3 {
        let room = CacheShape { n_layers: 1, ..room(draw) };
        let mut script = Script::cache(room);
        script.get(0);
        let tokens = draw.int(1..=5);
        script.put(draw, 0, tokens);
        script.advance(tokens);
        script.get(0);
        script.run(message, code)?;
    }
    Ok(())
}

fn cache_keeps_layers_apart(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each layer should have keys and values of its own";
    let mut script = Script::cache(room(draw));
    for tokens in [3, 1, 2] {
        script.step(draw, tokens);
        script.get_all();
    }
    script.run(message, code)
}

fn cache_keeps_sequences_and_heads_apart(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "sequences and heads should keep apart, whatever their number and width";
    for (batch, n_heads, head_dim) in [(1, 1, 1), (1, 7, 2), (5, 1, 3), (3, 4, 1), (2, 3, 17)] {
        let room = CacheShape { batch: Some(batch), n_heads, head_dim, ..room(draw) };
        let mut script = Script::cache(room);
        script.step(draw, 4);
        script.step(draw, 1);
        script.get_all();
        script.run(message, code)?;
    }
    Ok(())
}

fn cache_appends(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "new tokens should be appended to those that the cache has advanced by";
    for _ in 0..3 {
        let mut script = Script::cache(room(draw));
        for tokens in chunks(draw, 12, 4) {
            script.step(draw, tokens);
            script.get(draw.int(0..=1));
        }
        script.get_all();
        script.run(message, code)?;
    }
    Ok(())
}

fn cache_shows_new_tokens_at_once(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "`get` should show new tokens before `advance`, and `len` should not count them yet";
    let mut script = Script::cache(room(draw));
    script.step(draw, 2);
    for layer in 0..script.room.n_layers {
        script.put(draw, layer, 3);
        script.get_all();
        script.sizes();
    }
    script.advance(3);
    script.get_all();
    script.sizes();
    script.run(message, code)
}

fn cache_replaces_what_was_not_advanced(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a second update before `advance` should take the place of the first one";
    for (first, second) in [(3, 2), (1, 1), (2, 4)] {
        let mut script = Script::cache(room(draw));
        script.step(draw, 2);
        script.put(draw, 0, first);
        script.put(draw, 0, second);
        script.get(0);
        for layer in 1..script.room.n_layers {
            script.put(draw, layer, second);
        }
        script.advance(second);
        script.get_all();
        script.run(message, code)?;
    }
    Ok(())
}

fn cache_reads_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "keys and values may be views whose elements do not lie row by row";
    let mut script = Script::cache(room(draw));
    for tokens in [4, 1, 3] {
        for layer in 0..script.room.n_layers {
            script.put_as(draw, layer, tokens, true);
        }
        script.advance(tokens);
    }
    script.get_all();
    script.run(message, code)
}

pub fn cache_fills_up(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a cache should take `max_seq_len` tokens, at once or one after the other";
    let whole = room(draw);
    for lengths in [vec![whole.tokens], vec![1; whole.tokens], vec![whole.tokens - 1, 1]] {
        let mut script = Script::cache(whole);
        for tokens in lengths {
            script.step(draw, tokens);
        }
        script.get_all();
        script.sizes();
        script.run(message, code)?;
    }
    Ok(())
}

fn cache_keeps_every_bit(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the cache should keep every bit of a number";
    let room = CacheShape { batch: Some(1), n_layers: 1, n_heads: 1, head_dim: 6, ..room(draw) };
    let special = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, f32::MIN_POSITIVE / 8.0, 1e30];
    let mut script = Script::cache(room);
    let array =
        || Array { shape: vec![1, 1, 1, 6], data: Floats(special.to_vec()), axes: Vec::new() };
    script.put_rows(0, 1, (array(), array()), (&special, &special));
    script.advance(1);
    script.step(draw, 1);
    script.get(0);
    script.run(message, code)
}

fn cache_truncates(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`truncate` should leave the first tokens; what follows is appended to them";
    let mut script = Script::cache(room(draw));
    script.step(draw, 7);
    for len in [7, 4, 4, 1] {
        script.truncate(len);
        script.get_all();
        script.sizes();
        script.step(draw, 3);
        script.get_all();
    }
    script.truncate(0);
    script.sizes();
    script.run(message, code)
}

fn cache_truncate_forgets_new_tokens(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`truncate` should forget what was not advanced by, too";
    let mut script = Script::cache(room(draw));
    script.step(draw, 4);
    script.put(draw, 0, 2);
    script.truncate(4);
    script.get_all();
    script.refused(CacheStep::Advance(2), "NotWritten");
    script.run(message, code)
}

fn cache_resets(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "after `reset` the cache should be empty, and take other sequences";
    let mut script = Script::cache(room(draw));
    let whole = script.room.tokens;
    for _ in 0..2 {
        script.step(draw, whole);
        script.reset();
        script.sizes();
        script.get_all();
        script.step(draw, 2);
        script.get_all();
        script.reset();
    }
    script.run(message, code)
}

fn cache_reset_forgets_new_tokens(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`reset` should forget what was not advanced by, too";
    let mut script = Script::cache(room(draw));
    script.step(draw, 2);
    script.put(draw, 1, 3);
    script.reset();
    script.get_all();
    script.refused(CacheStep::Advance(3), "NotWritten");
    script.run(message, code)
}

fn cache_takes_no_tokens(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an update with no tokens should change nothing but what was not advanced by";
    let mut script = Script::cache(room(draw));
    script.step(draw, 3);
    script.put(draw, 0, 2);
    script.put(draw, 0, 0);
    script.advance(0);
    script.get_all();
    script.sizes();
    script.run(message, code)
}

fn cache_new_is_for_one_sequence(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`new` should make a cache for one sequence, with its arguments in this order: \
                   max_seq_len, n_layers, n_heads, head_dim";
    let mut script = Script::cache(CacheShape { batch: None, ..room(draw) });
    script.sizes();
    script.step(draw, 3);
    script.get_all();
    script.run(message, code)
}

fn cache_counts_bytes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`allocated_bytes` should count the room of all keys and values, `used_bytes` those \
                   of the tokens that the cache has advanced by, 4 bytes a number";
    for _ in 0..3 {
        let mut script = Script::cache(room(draw));
        script.sizes();
        for tokens in [1, 5] {
            script.step(draw, tokens);
            script.sizes();
        }
        script.run(message, code)?;
    }
    Ok(())
}

fn cache_copies_nothing_twice(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let room = CacheShape { batch: Some(2), tokens: 600, n_layers: 1, n_heads: 4, head_dim: 16 };
    let long = draw.int(480..=520);
    let pair = |draw: &mut Draw, tokens| {
        (rows(draw, room, tokens, false).0, rows(draw, room, tokens, false).0)
    };
    let (k, v) = pair(draw, long);
    let (k1, v1) = pair(draw, 1);
    let steps = vec![
        CacheStep::Update(0, k, v),
        CacheStep::Advance(long),
        CacheStep::Update(0, k1, v1),
        CacheStep::Get(0),
        CacheStep::Advance(1),
    ];
    let saw = code.cache(room, steps)?;
    let allocated = |at: usize| match saw.get(at) {
        Some(Ok(StepReply::Done { allocated } | StepReply::Rows(Rows { allocated, .. }))) => {
            *allocated
        }
        _ => usize::MAX,
    };
    let message = "`get` should copy nothing and take no memory: give a view";
    check::that(allocated(3) == 0, message, || format!("{} bytes", allocated(3)))?;
    // New rows may be copied once on their way; the existing rows are a thousand times as large.
    let message = "`update` and `advance` should copy new rows only, and take no memory that grows with \
                   the tokens that are there";
    let few =
        |at: usize| check::that(allocated(at) <= 8192, message, || format!("{}", allocated(at)));
    few(2)?;
    few(4)?;
    few(1)
}
