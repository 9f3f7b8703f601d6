//! Task `cache`: invalid calls fail and change nothing.

use super::cache::{cache_fills_up, cache_gives_back_what_it_was_given};
use super::prelude::*;
use super::script::Script;

cases! { task "cache", client Client;
    /// More tokens than there is room for are refused, and the cache is intact.
    cache_refuses_an_overflow after [cache_fills_up];
    /// An overflow after a valid update of the same layer leaves that update alone.
    cache_overflow_keeps_new_tokens after [cache_refuses_an_overflow];
    /// A layer that does not exist is refused.
    cache_refuses_an_unknown_layer;
    /// Keys and values of another shape are refused, and the cache is intact.
    cache_refuses_other_shapes after [cache_gives_back_what_it_was_given];
    /// `advance` needs every layer to be updated with as many tokens, and else changes nothing.
    cache_advances_only_what_was_written after [cache_gives_back_what_it_was_given];
    /// `truncate` cannot leave more tokens than there are.
    cache_refuses_to_grow_by_truncating;
    /// A cache without room, layers, heads or sequences is refused.
    cache_refuses_sizes_of_zero;
    /// The layer is looked at first, then the shapes, then the room.
    cache_looks_in_order after [cache_refuses_an_overflow, cache_refuses_other_shapes];
}

/// An update of `tokens` tokens, with the right shape or another one.
fn update(draw: &mut Draw, room: CacheShape, layer: usize, tokens: usize) -> CacheStep {
    CacheStep::Update(layer, rows(draw, room, tokens, false).0, rows(draw, room, tokens, false).0)
}

fn cache_refuses_an_overflow(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "tokens that do not fit should be refused by `Overflow`, and the cache be intact";
    let mut script = Script::cache(room(draw));
    let (room, most) = (script.room, script.room.tokens);
    script.refused(update(draw, room, 0, most + 1), "Overflow");
    script.step(draw, most - 2);
    for tokens in [3, most, 2 * most] {
        script.refused(update(draw, room, 0, tokens), "Overflow");
        script.get_all();
    }
    script.sizes();
    script.step(draw, 2);
    script.refused(update(draw, room, room.n_layers - 1, 1), "Overflow");
    script.get_all();
    script.sizes();
    script.run(message, code)
}

fn cache_overflow_keeps_new_tokens(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a refused update should leave the tokens of the update before it";
    let mut script = Script::cache(room(draw));
    let (room, most) = (script.room, script.room.tokens);
    script.step(draw, most - 3);
    for layer in 0..room.n_layers {
        script.put(draw, layer, 2);
        script.refused(update(draw, room, layer, 4), "Overflow");
        script.get(layer);
    }
    script.advance(2);
    script.get_all();
    script.run(message, code)
}

fn cache_refuses_an_unknown_layer(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a layer that does not exist should be `NoSuchLayer`, in `update` and in `get`";
    let mut script = Script::cache(room(draw));
    let (room, layers) = (script.room, script.room.n_layers);
    script.step(draw, 2);
    for layer in [layers, layers + 1, usize::MAX] {
        script.refused(update(draw, room, layer, 1), "NoSuchLayer");
        script.refused(CacheStep::Get(layer), "NoSuchLayer");
    }
    script.get_all();
    script.run(message, code)
}

fn cache_refuses_other_shapes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "keys and values that are not both [B, H, T, Dh] should be refused by \
                   `ShapeMismatch`, and the cache be intact";
    let mut script = Script::cache(room(draw));
    let right = script.room;
    script.step(draw, 3);
    let batch = right.batch.unwrap_or(1);
    let others = [
        CacheShape { batch: Some(batch + 1), ..right },
        CacheShape { batch: Some(1), ..right },
        CacheShape { n_heads: right.n_heads + 1, ..right },
        CacheShape { head_dim: right.head_dim + 1, ..right },
        CacheShape { n_heads: right.head_dim, head_dim: right.n_heads + 10, ..right },
    ];
    for other in others {
        let (k, v) = (rows(draw, other, 2, false).0, rows(draw, other, 2, false).0);
        let (right_k, right_v) = (rows(draw, right, 2, false).0, rows(draw, right, 2, false).0);
        script.refused(CacheStep::Update(0, k.clone(), v.clone()), "ShapeMismatch");
        script.refused(CacheStep::Update(0, right_k, v), "ShapeMismatch");
        script.refused(CacheStep::Update(0, k, right_v), "ShapeMismatch");
    }
    let (two, three) = (rows(draw, right, 2, false).0, rows(draw, right, 3, false).0);
    script.refused(CacheStep::Update(0, two.clone(), three), "ShapeMismatch");
    let flat = Array { shape: vec![batch * right.n_heads, 2, right.head_dim], ..two.clone() };
    script.refused(CacheStep::Update(0, flat.clone(), flat), "ShapeMismatch");
    let deep = Array { shape: [&two.shape[..], &[1]].concat(), ..two };
    script.refused(CacheStep::Update(0, deep.clone(), deep), "ShapeMismatch");
    script.get_all();
    script.sizes();
    script.run(message, code)
}

fn cache_advances_only_what_was_written(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`advance` should be refused by `NotWritten` unless every layer was updated with as \
                   many tokens since the last one, and else change nothing";
    let mut script = Script::cache(room(draw));
    let last = script.room.n_layers - 1;
    script.refused(CacheStep::Advance(1), "NotWritten");
    script.step(draw, 2);
    script.refused(CacheStep::Advance(2), "NotWritten");
    for layer in 0..last {
        script.put(draw, layer, 2);
        script.refused(CacheStep::Advance(2), "NotWritten");
    }
    script.put(draw, last, 3);
    for tokens in [0, 1, 2, 3] {
        script.refused(CacheStep::Advance(tokens), "NotWritten");
    }
    script.put(draw, last, 2);
    for tokens in [0, 1, 3] {
        script.refused(CacheStep::Advance(tokens), "NotWritten");
    }
    script.sizes();
    script.advance(2);
    script.get_all();
    script.run(message, code)
}

fn cache_refuses_to_grow_by_truncating(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "`truncate` to more tokens than there are should be `NotThatLong`, and change nothing";
    let mut script = Script::cache(room(draw));
    script.refused(CacheStep::Truncate(1), "NotThatLong");
    script.step(draw, 3);
    for layer in 0..script.room.n_layers {
        script.put(draw, layer, 2);
    }
    for len in [4, 5, usize::MAX] {
        script.refused(CacheStep::Truncate(len), "NotThatLong");
    }
    script.get_all();
    script.advance(2);
    script.sizes();
    script.run(message, code)
}

fn cache_refuses_sizes_of_zero(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a cache with a size of 0 should be `BadSize`";
    let room = room(draw);
    for bad in [
        CacheShape { batch: Some(0), ..room },
        CacheShape { tokens: 0, ..room },
        CacheShape { n_layers: 0, ..room },
        CacheShape { n_heads: 0, ..room },
        CacheShape { head_dim: 0, ..room },
        CacheShape { batch: None, n_heads: 0, ..room },
    ] {
        check::returns_error(message, code.cache(bad, Vec::new()), "BadSize")?;
    }
    Ok(())
}

fn cache_looks_in_order(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`update` should look at the layer first, then at the shapes, then at the room";
    let mut script = Script::cache(room(draw));
    let right = script.room;
    let (other, most) = (CacheShape { n_heads: right.n_heads + 1, ..right }, right.tokens);
    script.refused(update(draw, other, right.n_layers, most + 1), "NoSuchLayer");
    script.refused(update(draw, right, right.n_layers, most + 1), "NoSuchLayer");
    script.refused(update(draw, other, 0, most + 1), "ShapeMismatch");
    script.refused(update(draw, right, 0, most + 1), "Overflow");
    script.sizes();
    script.run(message, code)
}
