//! Task `attention`: extreme numbers, and invalid calls.

use super::attention::{Subject, part};
use super::attention::{attention_of_a_prompt_is_causal, attention_of_chunks};
use super::prelude::*;

cases! { task "attention", client Client;
    /// Large scores do not overflow.
    attention_takes_large_scores after [attention_of_a_prompt_is_causal];
    /// A NaN reaches those that see it, and no others.
    attention_confines_a_nan after [attention_of_chunks];
    /// No tokens give no output.
    attention_of_no_tokens;
    /// Inputs and caches that do not fit are refused, and the cache is intact.
    attention_refuses_what_does_not_fit after [attention_of_chunks];
    /// More tokens than fit are refused, and the cache is intact.
    attention_refuses_an_overflow after [attention_of_chunks];
}

fn attention_takes_large_scores(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "large scores should not overflow: subtract the largest before exp";
    let subject = Subject::new(draw, 1).alone();
    let (input, rows) = hidden(draw, [1, 10, subject.width()], 14.0);
    let expected = subject.gpt.attention(0, &rows[0]);
    let saw = code.attention(subject.model, 0, subject.room, vec![LayerStep::Forward(0, input)])?;
    let got = output(message, saw.first())?;
    check::equal(message, &got.data.0.len(), &(10 * subject.width()))?;
    for (at, (got, expected)) in got.data.0.chunks_exact(subject.width()).zip(&expected).enumerate()
    {
        // Scores of some hundreds have an error of about 1e-5, and so do the
        // weights.
        close(message, at, got, expected, 3e-3)?;
    }
    Ok(())
}

fn attention_confines_a_nan(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a NaN should reach its own token and those after it in its sequence, and no others: what a \
                   mask hides must not be added, not even times 0";
    let subject = Subject::new(draw, 2).alone();
    let (mut input, _) = hidden(draw, [2, 9, subject.width()], 1.0);
    let bad = draw.int(2..=6);
    input.data.0[bad * subject.width()] = f32::NAN; // In sequence 0.
    let lengths = [4, 1, 4];
    let mut passes = Vec::new();
    for (at, length) in lengths.into_iter().enumerate() {
        let first: usize = lengths[..at].iter().sum();
        passes.extend([
            LayerStep::Forward(0, part(&input, first, length)),
            LayerStep::Advance(length),
        ]);
    }
    let saw = code.attention(subject.model, 0, subject.room, passes)?;
    let mut first = 0;
    for (at, length) in lengths.into_iter().enumerate() {
        let got = output(message, saw.get(2 * at))?;
        check::equal(message, &got.data.0.len(), &(2 * length * subject.width()))?;
        for (row, numbers) in got.data.0.chunks_exact(subject.width()).enumerate() {
            let (b, t) = (row / length, first + row % length);
            let sees = b == 0 && t >= bad;
            let right = numbers.iter().all(|x| x.is_nan() == sees);
            check::that(right, message, || format!("sequence {b}, token {t}: {numbers:?}"))?;
        }
        first += length;
    }
    Ok(())
}

fn attention_of_no_tokens(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "no new tokens should give an output of no tokens";
    let subject = Subject::new(draw, 2).alone();
    let (input, _) = hidden(draw, [2, 3, subject.width()], 1.0);
    let none = part(&input, 0, 0);
    let passes =
        vec![LayerStep::Forward(0, input), LayerStep::Advance(3), LayerStep::Forward(0, none)];
    let saw = code.attention(subject.model, 0, subject.room, passes)?;
    let got = output(message, saw.get(2))?;
    check::equal(message, &got.shape, &vec![2, 0, subject.width()])
}

fn attention_refuses_what_does_not_fit(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an input that is not [B, T, D], or a cache with other heads, should be refused by \
                   `ShapeMismatch`, another layer by `NoSuchLayer`, and the cache be intact";
    let subject = Subject::new(draw, 2).alone();
    let width = subject.width();
    let (input, rows) = hidden(draw, [2, 4, width], 1.0);
    let mut passes = vec![LayerStep::Forward(0, part(&input, 0, 3)), LayerStep::Advance(3)];
    let three = part(&input, 0, 3);
    for shape in [vec![2, 3 * width], vec![6, width], vec![1, 6, width], vec![2, 3, 1, width]] {
        passes.push(LayerStep::Forward(0, Array { shape, ..three.clone() }));
    }
    passes.push(LayerStep::Forward(0, hidden(draw, [2, 1, width + 1], 1.0).0));
    let count = passes.len();
    passes.push(LayerStep::Forward(1, part(&input, 3, 1)));
    passes.push(LayerStep::Forward(0, part(&input, 3, 1)));
    let saw = code.attention(subject.model, 0, subject.room, passes)?;
    for at in 2..count {
        refused(message, saw.get(at), "ShapeMismatch")?;
    }
    refused(message, saw.get(count), "NoSuchLayer")?;
    let expected: Batch =
        rows.iter().map(|rows| subject.gpt.attention(0, rows)[3..].to_vec()).collect();
    let last = saw.last();
    agrees(message, &output(message, last)?, &expected)?;
    let CacheShape { n_heads, head_dim, .. } = subject.room;
    let others = [
        CacheShape { n_heads: n_heads + 1, ..subject.room },
        CacheShape { head_dim: head_dim + 1, ..subject.room },
        // The same total width as the model.
        CacheShape { n_heads: 1, head_dim: width, ..subject.room },
    ];
    for room in others {
        let pass = LayerStep::Forward(0, part(&input, 0, 1));
        let saw = code.attention(subject.model, 0, room, vec![pass])?;
        refused(message, saw.first(), "ShapeMismatch")?;
    }
    Ok(())
}

fn attention_refuses_an_overflow(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "tokens that do not fit into the cache should be refused by `Overflow`, and the cache be \
                   intact";
    let subject = Subject::new(draw, 1).alone();
    let subject = Subject { room: CacheShape { tokens: 6, ..subject.room }, ..subject };
    let (input, rows) = hidden(draw, [1, 8, subject.width()], 1.0);
    let passes = vec![
        LayerStep::Forward(0, part(&input, 0, 7)),
        LayerStep::Forward(0, part(&input, 0, 5)),
        LayerStep::Advance(5),
        LayerStep::Forward(0, part(&input, 5, 2)),
        LayerStep::Forward(0, part(&input, 5, 1)),
        LayerStep::Advance(1),
        LayerStep::Forward(0, part(&input, 6, 1)),
    ];
    let saw = code.attention(subject.model, 0, subject.room, passes)?;
    for at in [0, 3, 6] {
        refused(message, saw.get(at), "Overflow")?;
    }
    let expected = subject.gpt.attention(0, &rows[0][..6]);
    let one = saw.get(4);
    agrees(message, &output(message, one)?, &[expected[5..].to_vec()])
}
