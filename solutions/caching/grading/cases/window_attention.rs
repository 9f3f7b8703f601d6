//! Task `window`: attention to the last tokens.

use super::prelude::*;
use super::window::window_keeps_the_last_tokens;
use crate::oracle::gpt;

cases! { task "window", client Client;
    /// Attention through a window is attention restricted to the last tokens.
    window_attends_to_the_last_tokens after [window_keeps_the_last_tokens];
    /// More tokens than the window has, in one call, each see their own window.
    window_attends_to_long_inputs after [window_attends_to_the_last_tokens];
    /// As long as the window is not full, attention sees everything.
    window_attends_to_everything_at_first;
    /// Queries, keys and values may be views.
    window_attends_to_views after [window_attends_to_the_last_tokens];
    /// A NaN leaves with its token.
    window_forgets_a_nan after [window_attends_to_the_last_tokens];
    /// Shapes that do not fit together are refused, and the window is intact.
    window_attention_refuses_other_shapes after [window_attends_to_the_last_tokens];
}

const LAST: &str = "each token should attend to itself and to the window - 1 tokens before it, of its own \
                    sequence and head, with scores divided by sqrt(Dh)";

/// Rows of one head.
type Rows64 = Vec<Vec<f64>>;
/// Queries, keys and values `[B, H, T, Dh]`.
type Triple = [(Array, Vec<f32>); 3];

fn triple(draw: &mut Draw, room: CacheShape, tokens: usize, scattered: bool) -> Triple {
    [(); 3].map(|()| rows(draw, room, tokens, scattered))
}

/// The expected results of the calls, head by head and sequence by sequence.
fn expected(room: CacheShape, inputs: &[(usize, Triple)]) -> Vec<Vec<Vec<f64>>> {
    let mut seen: [Kept; 3] = [(); 3].map(|()| Kept::new(room));
    for (tokens, triple) in inputs {
        for (kept, (_, data)) in seen.iter_mut().zip(triple) {
            kept.append(data, *tokens, room.head_dim);
        }
    }
    let wide = |rows: &[Vec<f32>]| -> Vec<Vec<f64>> {
        rows.iter().map(|row| row.iter().map(|x| f64::from(*x)).collect()).collect()
    };
    let [queries, keys, values] = &seen;
    let heads = queries.lists.iter().zip(keys.lists.iter().zip(&values.lists));
    let heads = heads.map(|(q, (k, v))| (wide(q), wide(k), wide(v)));
    let head = |(q, k, v): (Rows64, Rows64, Rows64)| {
        let token = |t: usize| {
            let first = (t + 1).saturating_sub(room.tokens);
            gpt::attend(&q[t], &k[first..=t], &v[first..=t], 1)
        };
        (0..q.len()).map(token).collect()
    };
    heads.map(head).collect()
}

fn attends(
    message: &'static str,
    code: &mut Client,
    room: CacheShape,
    inputs: Vec<(usize, Triple)>,
) -> CaseVerdict {
    let expected = expected(room, &inputs);
    let lengths: Vec<usize> = inputs.iter().map(|(tokens, _)| *tokens).collect();
    let steps = inputs.into_iter().map(|(_, triple)| {
        let [q, k, v] = triple.map(|(array, _)| array);
        CacheStep::Attend(1, q, k, v)
    });
    let saw = code.window(room, steps.collect())?;
    check::equal(message, &saw.len(), &lengths.len())?;
    let mut first = 0;
    for (saw, tokens) in saw.iter().zip(lengths) {
        let got = output(message, Some(saw))?;
        let batch = room.batch.unwrap_or(1);
        check::equal(message, &got.shape, &vec![batch, room.n_heads, tokens, room.head_dim])?;
        let rows = got.data.0.chunks_exact(room.head_dim);
        let wanted = expected.iter().flat_map(|head| &head[first..first + tokens]);
        for (at, (got, expected)) in rows.zip(wanted).enumerate() {
            close(message, at, got, expected, 1e-5)?;
        }
        first += tokens;
    }
    Ok(())
}

fn small(draw: &mut Draw) -> CacheShape {
    CacheShape { tokens: draw.int(3..=6), ..room(draw) }
}

fn window_attends_to_the_last_tokens(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let room = small(draw);
        let lengths = [1, 2, 1, 1, 3, 1, 1, 2];
        let inputs = lengths.map(|tokens| (tokens, triple(draw, room, tokens, false)));
        attends(LAST, code, room, inputs.into())?;
    }
    Ok(())
}

fn window_attends_to_long_inputs(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let room = small(draw);
    let inputs = [3 * room.tokens + 1, 1, room.tokens, room.tokens + 1];
    let inputs = inputs.map(|tokens| (tokens, triple(draw, room, tokens, false)));
    attends(LAST, code, room, inputs.into())?;
    let room = CacheShape { tokens: 1, ..room };
    let inputs = vec![(4, triple(draw, room, 4, false))];
    attends(LAST, code, room, inputs)
}

fn window_attends_to_everything_at_first(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a window that is not full should attend to all its tokens, and to nothing else";
    let room = CacheShape { tokens: 50, ..room(draw) };
    let inputs = [1, 4, 2, 1].map(|tokens| (tokens, triple(draw, room, tokens, false)));
    attends(message, code, room, inputs.into())
}

fn window_attends_to_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "queries, keys and values may be views whose elements do not lie row by row";
    let room = small(draw);
    let inputs = [2, 1, 7, 1].map(|tokens| (tokens, triple(draw, room, tokens, true)));
    attends(message, code, room, inputs.into())
}

fn window_forgets_a_nan(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a NaN in a key or value should reach the tokens that see it, and no others";
    let room = CacheShape { batch: Some(1), ..small(draw) };
    let bad = draw.int(1..=3);
    let total = bad + room.tokens + 3;
    let [q, mut k, v] = triple(draw, room, total, false);
    let row = bad * room.head_dim;
    k.0.data.0[row] = f32::NAN; // In head 0.
    let saw = code.window(room, vec![CacheStep::Attend(0, q.0, k.0, v.0)])?;
    let got = output(message, saw.first())?;
    check::equal(message, &got.data.0.len(), &(room.n_heads * total * room.head_dim))?;
    for (at, row) in got.data.0.chunks_exact(room.head_dim).enumerate() {
        let (head, t) = (at / total, at % total);
        let sees = head == 0 && (bad..bad + room.tokens).contains(&t);
        let right = row.iter().all(|x| x.is_nan() == sees && (sees || x.is_finite()));
        check::that(right, message, || format!("head {head}, token {t}: {row:?}"))?;
    }
    Ok(())
}

fn window_attention_refuses_other_shapes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "queries, keys and values that do not fit together should be `ShapeMismatch`, another \
                   layer `NoSuchLayer`, and the window be intact";
    let room = small(draw);
    let start = triple(draw, room, 2, false);
    let next = triple(draw, room, 1, false);
    let inputs = vec![(2, start.clone()), (1, next.clone())];
    let expected = expected(room, &inputs);
    let wide = CacheShape { head_dim: room.head_dim + 1, ..room };
    let [q, k, v] = triple(draw, room, 3, false).map(|(array, _)| array);
    let odd = rows(draw, wide, 3, false).0;
    let short = rows(draw, room, 2, false).0;
    let bad = [
        CacheStep::Attend(1, odd.clone(), k.clone(), v.clone()),
        CacheStep::Attend(1, q.clone(), odd.clone(), v.clone()),
        CacheStep::Attend(1, q.clone(), k.clone(), odd),
        CacheStep::Attend(1, short.clone(), k.clone(), v.clone()),
        CacheStep::Attend(1, q.clone(), k.clone(), short),
    ];
    let [one, two] = [start, next].map(|triple| {
        let [q, k, v] = triple.map(|(array, _)| array);
        CacheStep::Attend(1, q, k, v)
    });
    let count = bad.len();
    let unknown = CacheStep::Attend(room.n_layers, q, k, v);
    let steps: Vec<CacheStep> = [one].into_iter().chain(bad).chain([unknown, two]).collect();
    let saw = code.window(room, steps)?;
    for at in 1..=count {
        refused(message, saw.get(at), "ShapeMismatch")?;
    }
    refused(message, saw.get(count + 1), "NoSuchLayer")?;
    let got = output(message, saw.last())?;
    let last = expected.iter().map(|head| &head[2]);
    for (at, (got, expected)) in got.data.0.chunks_exact(room.head_dim).zip(last).enumerate() {
        close(message, at, got, expected, 1e-5)?;
    }
    Ok(())
}
