//! Task `window`: which tokens are kept, and their positions.

use super::prelude::*;
use super::script::Script;

cases! { task "window", client Client;
    /// A window that is not full shows all its tokens.
    window_shows_what_there_is;
    /// A full window shows the last tokens, oldest first, however often it has come round.
    window_keeps_the_last_tokens after [window_shows_what_there_is];
    /// Positions go on being counted when the window has come round.
    window_knows_its_positions;
    /// A window of `1` keeps the newest token.
    window_of_one_keeps_the_newest after [window_shows_what_there_is];
    /// Each layer comes round by itself.
    window_layers_come_round_alone after [window_keeps_the_last_tokens];
    /// Sequences and heads keep apart in a window, too.
    window_keeps_sequences_and_heads_apart after [window_keeps_the_last_tokens];
    /// A window reads views along their strides.
    window_reads_views after [window_shows_what_there_is];
    /// After `reset` a window is empty, and positions start again.
    window_resets after [window_keeps_the_last_tokens, window_knows_its_positions];
    /// `new` makes a window for one sequence.
    window_new_is_for_one_sequence;
    /// A window's memory stays what it was, and `get` takes none.
    window_memory_stays;
    /// Other shapes and layers, more than one token, and sizes of `0` are refused; the window is
    /// intact.
    window_refuses_what_does_not_fit after [window_shows_what_there_is];
}

fn window(draw: &mut Draw) -> CacheShape {
    CacheShape { tokens: draw.int(3..=7), ..room(draw) }
}

fn window_shows_what_there_is(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a window that is not full should show all its tokens, oldest first";
    let mut script = Script::window(window(draw));
    script.get_all();
    for _ in 0..script.room.tokens {
        script.put(draw, 0, 1);
        script.get_all();
    }
    script.run(message, code)
}

pub fn window_keeps_the_last_tokens(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a full window should show its last tokens, oldest first, at each step";
    for _ in 0..3 {
        let mut script = Script::window(window(draw));
        for _ in 0..3 * script.room.tokens + 2 {
            script.put(draw, 1, 1);
            script.get(1);
        }
        script.run(message, code)?;
    }
    Ok(())
}

fn window_knows_its_positions(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "`positions` should be those in the whole text, from the oldest token that is kept";
    let mut script = Script::window(window(draw));
    script.positions(0);
    for _ in 0..3 * script.room.tokens + 2 {
        script.put(draw, 0, 1);
        script.positions(0);
    }
    script.run(message, code)
}

fn window_of_one_keeps_the_newest(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a window of 1 should keep the newest token";
    let mut script = Script::window(CacheShape { tokens: 1, ..window(draw) });
    for _ in 0..4 {
        script.put(draw, 0, 1);
        script.get(0);
        script.positions(0);
    }
    script.run(message, code)
}

fn window_layers_come_round_alone(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each layer should count its own tokens and come round by itself";
    let mut script = Script::window(window(draw));
    for layer in 0..script.room.n_layers {
        for _ in 0..=script.room.tokens * layer + layer {
            script.put(draw, layer, 1);
        }
    }
    for layer in 0..script.room.n_layers {
        script.get(layer);
        script.positions(layer);
    }
    script.run(message, code)
}

fn window_keeps_sequences_and_heads_apart(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "sequences and heads should keep apart in a window";
    for (batch, n_heads, head_dim) in [(1, 1, 1), (1, 5, 2), (4, 1, 3), (3, 4, 1)] {
        let room = CacheShape { batch: Some(batch), n_heads, head_dim, ..window(draw) };
        let mut script = Script::window(room);
        for _ in 0..room.tokens + 2 {
            script.put(draw, 0, 1);
        }
        script.get(0);
        script.run(message, code)?;
    }
    Ok(())
}

fn window_reads_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "keys and values may be views whose elements do not lie row by row";
    let mut script = Script::window(window(draw));
    for _ in 0..script.room.tokens + 2 {
        script.put_as(draw, 0, 1, true);
    }
    script.get(0);
    script.run(message, code)
}

fn window_resets(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "after `reset` a window should be empty in every layer, and count from 0 again";
    let mut script = Script::window(window(draw));
    for _ in 0..2 {
        for layer in 0..script.room.n_layers {
            for _ in 0..script.room.tokens + 2 {
                script.put(draw, layer, 1);
            }
        }
        script.reset();
        for layer in 0..script.room.n_layers {
            script.positions(layer);
            script.get(layer);
            script.put(draw, layer, 1);
            script.get(layer);
            script.positions(layer);
        }
    }
    script.run(message, code)
}

fn window_new_is_for_one_sequence(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`new` should make a window for one sequence, with its arguments in this order: \
                   window, n_layers, n_heads, head_dim";
    let mut script = Script::window(CacheShape { batch: None, ..window(draw) });
    script.sizes();
    script.put(draw, 1, 1);
    script.get(1);
    script.run(message, code)
}

fn window_memory_stays(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "a window should take all its memory once, say how much, and copy the new rows only";
    let room = CacheShape { batch: Some(2), tokens: 400, n_layers: 1, n_heads: 4, head_dim: 16 };
    let mut script = Script::window(room);
    script.sizes();
    script.run(message, code)?;
    let count = draw.int(420..=450);
    let mut steps: Vec<CacheStep> = (0..count)
        .map(|_| CacheStep::Push(0, rows(draw, room, 1, false).0, rows(draw, room, 1, false).0))
        .collect();
    steps.extend([CacheStep::Get(0), CacheStep::WindowSizes]);
    let saw = code.window(room, steps)?;
    for one in &saw {
        match one {
            Ok(StepReply::Done { allocated }) => check::that(*allocated <= 8192, message, || {
                format!("{allocated} bytes for one token")
            })?,
            Ok(StepReply::Rows(rows)) => check::equal(message, &rows.allocated, &0)?,
            Ok(StepReply::Sizes(told)) => {
                check::equal(message, &told.allocated, &(2 * 2 * 4 * 400 * 16 * 4))?;
            }
            other => return Err(wrong(message, format!("{other:?}"))),
        }
    }
    check::equal(message, &saw.len(), &(count + 2))
}

fn window_refuses_what_does_not_fit(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "another layer should be `NoSuchLayer`, other shapes or another number of tokens than \
                   one `ShapeMismatch`, and the window be intact";
    let mut script = Script::window(window(draw));
    let right = script.room;
    for _ in 0..=right.tokens {
        script.put(draw, 0, 1);
    }
    let one = |draw: &mut Draw, room, tokens| rows(draw, room, tokens, false).0;
    for tokens in [0, 2, right.tokens] {
        let (k, v) = (one(draw, right, tokens), one(draw, right, tokens));
        script.refused(CacheStep::Push(0, k, v), "ShapeMismatch");
    }
    for other in [
        CacheShape { batch: Some(right.batch.unwrap_or(1) + 1), ..right },
        CacheShape { n_heads: right.n_heads + 1, ..right },
        CacheShape { head_dim: right.head_dim + 1, ..right },
    ] {
        let (k, v) = (one(draw, right, 1), one(draw, other, 1));
        script.refused(CacheStep::Push(0, k, v), "ShapeMismatch");
    }
    let layers = right.n_layers;
    let (k, v) = (one(draw, right, 1), one(draw, right, 1));
    script.refused(CacheStep::Push(layers, k, v), "NoSuchLayer");
    script.refused(CacheStep::Get(layers), "NoSuchLayer");
    script.refused(CacheStep::Positions(layers), "NoSuchLayer");
    script.get(0);
    script.positions(0);
    script.run(message, code)?;
    let message = "a window with a size of 0 should be `BadSize`";
    for bad in [
        CacheShape { tokens: 0, ..right },
        CacheShape { n_heads: 0, ..right },
        CacheShape { n_layers: 0, ..right },
    ] {
        check::returns_error(message, code.window(bad, Vec::new()), "BadSize")?;
    }
    Ok(())
}
