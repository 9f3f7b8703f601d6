//! Task `model`: one cache for several turns, and invalid calls. Other tasks use the turns in this
//! file too.

use super::model::{logits_of_a_prompt, logits_of_chunks};
use super::prelude::*;
use crate::oracle::gpt::Sequence;

cases! { task "model", client Client;
    /// The cache advances once for each call, by the new tokens.
    model_advances_the_cache_once after [logits_of_a_prompt];
    /// After `reset` other sequences give their own scores.
    model_starts_again_after_reset after [logits_of_chunks];
    /// After `truncate` another continuation gives its own scores.
    model_goes_back_after_truncate after [logits_of_chunks];
    /// More tokens than fit are refused, and the cache can be used further.
    model_refuses_an_overflow after [logits_of_chunks];
    /// A cache that is longer or shorter than the model: the smaller limit holds.
    model_keeps_to_the_smaller_limit after [logits_of_chunks];
    /// Ids that make no sense are refused, and the cache can be used further.
    model_refuses_bad_ids after [logits_of_chunks];
    /// The cache of another model is refused.
    model_refuses_another_models_cache;
}

/// The expected result of a turn.
enum Expected {
    Logits(Vec<Vec<Vec<f64>>>),
    Refused(&'static str),
    Rows([Vec<Vec<f64>>; 2]),
    Done,
}

/// Turns with a model and one cache.
pub struct ModelScript<'a> {
    model: Model,
    gpt: &'a Gpt,
    room: Option<CacheShape>,
    precision: f64,
    pub sequences: Vec<Sequence<'a>>,
    len: usize,
    turns: Vec<ModelStep>,
    expected: Vec<(usize, Expected)>,
}

impl<'a> ModelScript<'a> {
    /// Uses the model's own cache.
    pub fn new(model: Model, gpt: &'a Gpt, batch: usize) -> Self {
        let sequences = (0..batch).map(|_| gpt.sequence()).collect();
        // The trained model's attention is sharp and its scores reach 25, so rounding errors grow
        // through the layers. With or without a cache, f32 was off by up to 3e-5 of the largest
        // score.
        let precision = if model == Model::Trained { 10.0 * PRECISION } else { PRECISION };
        let (turns, expected) = (Vec::new(), Vec::new());
        Self { model, gpt, room: None, precision, sequences, len: 0, turns, expected }
    }

    /// Uses a cache for another number of tokens.
    pub fn with_room(self, tokens: usize) -> Self {
        let room = room_of(self.gpt.sizes, self.sequences.len(), tokens);
        Self { room: Some(room), ..self }
    }

    fn add(&mut self, turn: ModelStep, expected: Expected) {
        self.turns.push(turn);
        self.expected.push((self.len, expected));
    }

    /// Valid ids.
    pub fn forward(&mut self, ids: Vec<Vec<usize>>) {
        self.len += ids[0].len();
        let all = self.sequences.iter_mut().zip(&ids);
        let logits = all.map(|(sequence, ids)| ids.iter().map(|id| sequence.next(*id)).collect());
        let logits = logits.collect();
        self.add(ModelStep::Forward(ids), Expected::Logits(logits));
    }

    /// A turn that must fail.
    pub fn refused(&mut self, turn: ModelStep, kind: &'static str) {
        self.add(turn, Expected::Refused(kind));
    }

    /// `truncate`.
    pub fn truncate(&mut self, len: usize) {
        self.len = len;
        self.sequences.iter_mut().for_each(|sequence| sequence.seen.truncate(len));
        self.add(ModelStep::Truncate(len), Expected::Done);
    }

    /// `reset`.
    pub fn reset(&mut self) {
        self.len = 0;
        self.sequences.iter_mut().for_each(|sequence| sequence.seen.truncate(0));
        self.add(ModelStep::Reset, Expected::Done);
    }

    /// The cached rows of a layer.
    pub fn get(&mut self, layer: usize) {
        let (heads, width) = (self.gpt.sizes.n_heads, self.gpt.sizes.d_model);
        let columns = |head: usize| head * width / heads..(head + 1) * width / heads;
        let rows = [0, 1].map(|kind| {
            let of = |sequence: &Sequence<'_>, head: usize| -> Vec<f64> {
                let rows = &sequence.seen.0[layer][kind];
                rows.iter().flat_map(|row| row[columns(head)].to_vec()).collect()
            };
            let sequences = self.sequences.iter();
            sequences.flat_map(|one| (0..heads).map(move |head| of(one, head))).collect()
        });
        self.add(ModelStep::Get(layer), Expected::Rows(rows));
    }

    /// Runs all turns and compares the results.
    pub fn run(self, message: &'static str, code: &mut Client) -> CaseVerdict {
        let replies =
            code.model(self.model, self.sequences.len(), self.room, with_len(self.turns))?;
        let after = after(message, replies)?;
        check::equal(message, &after.len(), &self.expected.len())?;
        for (at, (after, (len, expected))) in after.iter().zip(&self.expected).enumerate() {
            compare((message, self.precision), &after.outcome, expected)?;
            let right = after.len == *len;
            check::that(right, message, || format!("turn {at}: len {}, not {len}", after.len))?;
        }
        Ok(())
    }
}

fn compare(
    (message, precision): (&'static str, f64),
    outcome: &Reply,
    expected: &Expected,
) -> CaseVerdict {
    match (outcome, expected) {
        (Ok(StepReply::Logits(got, _)), Expected::Logits(logits)) => {
            agrees_within(precision, message, got, logits)
        }
        (Ok(StepReply::Done { .. }), Expected::Done) => Ok(()),
        (Ok(StepReply::Rows(rows)), Expected::Rows([keys, values])) => {
            for (lists, expected) in [(&rows.keys, keys), (&rows.values, values)] {
                check::equal(message, &lists.len(), &expected.len())?;
                for (at, (list, expected)) in lists.iter().zip(expected).enumerate() {
                    check::equal(message, &list.0.len(), &expected.len())?;
                    close(message, at, &list.0, expected, precision)?;
                }
            }
            Ok(())
        }
        (Err(error), Expected::Refused(kind)) if error.kind == *kind => Ok(()),
        (Err(error), Expected::Refused(kind)) => {
            Err(wrong(message, format!("refused by {error:?}, expected {kind}")))
        }
        (outcome, _) => Err(wrong(message, format!("{outcome:?}"))),
    }
}

/// Sums in the trained model's format, `tokens` ids: `123+456=9750;...`.
pub fn sums(draw: &mut Draw, tokens: usize) -> Vec<usize> {
    let mut all = Vec::new();
    while all.len() < tokens {
        let (a, b) = (draw.int(0..=999), draw.int(0..=999));
        all.extend(question(a, b));
        all.extend(answer(a, b));
    }
    all.truncate(tokens);
    all
}

/// `a+b=` as ids.
pub fn question(a: usize, b: usize) -> Vec<usize> {
    let digits = |n: usize| [n / 100, n / 10 % 10, n % 10];
    [&digits(a)[..], &[10], &digits(b), &[11]].concat()
}

/// The digits of the sum from right to left, and the end mark.
pub fn answer(a: usize, b: usize) -> Vec<usize> {
    let sum = a + b;
    vec![sum % 10, sum / 10 % 10, sum / 100 % 10, sum / 1000, 12]
}

fn model_advances_the_cache_once(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each call should advance the cache once, by its new tokens";
    let (model, gpt) = model(draw, 16);
    let mut talk = ModelScript::new(model, &gpt, 1);
    for tokens in [3, 1, 5, 1] {
        talk.forward(ids(draw, gpt.sizes, 1, tokens));
    }
    talk.run(message, code)
}

fn model_starts_again_after_reset(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "after `reset` other sequences should give the scores that they give alone";
    let (model, gpt) = model(draw, 16);
    let mut talk = ModelScript::new(model, &gpt, 2);
    for tokens in [16, 3, 9] {
        talk.forward(ids(draw, gpt.sizes, 2, tokens));
        talk.reset();
    }
    for tokens in [2, 1, 1] {
        talk.forward(ids(draw, gpt.sizes, 2, tokens));
    }
    talk.run(message, code)
}

pub fn model_goes_back_after_truncate(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "after `truncate` another continuation should give the scores of the sequence that it makes";
    let (model, gpt) = model(draw, 16);
    let mut talk = ModelScript::new(model, &gpt, 2);
    talk.forward(ids(draw, gpt.sizes, 2, 8));
    for len in [8, 5, 6, 0] {
        talk.truncate(len);
        talk.forward(ids(draw, gpt.sizes, 2, 3));
        talk.forward(ids(draw, gpt.sizes, 2, 1));
    }
    talk.run(message, code)
}

fn model_refuses_an_overflow(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "tokens beyond the longest sequence should be refused by `Overflow`, and the cache be as \
                   before and usable";
    let (model, gpt) = model(draw, 10);
    let mut talk = ModelScript::new(model, &gpt, 2);
    let too_many = |draw: &mut Draw, tokens| ModelStep::Forward(ids(draw, gpt.sizes, 2, tokens));
    talk.refused(too_many(draw, 11), "Overflow");
    talk.forward(ids(draw, gpt.sizes, 2, 7));
    talk.refused(too_many(draw, 4), "Overflow");
    talk.get(0);
    talk.forward(ids(draw, gpt.sizes, 2, 2));
    talk.refused(too_many(draw, 2), "Overflow");
    talk.forward(ids(draw, gpt.sizes, 2, 1));
    talk.refused(too_many(draw, 1), "Overflow");
    talk.truncate(4);
    talk.forward(ids(draw, gpt.sizes, 2, 6));
    talk.run(message, code)
}

fn model_keeps_to_the_smaller_limit(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "both the cache's room and the model's positions should limit the tokens";
    for tokens in [6, 30] {
        let (model, gpt) = model(draw, 10);
        let limit = tokens.min(10);
        let mut talk = ModelScript::new(model, &gpt, 1).with_room(tokens);
        talk.refused(ModelStep::Forward(ids(draw, gpt.sizes, 1, limit + 1)), "Overflow");
        talk.forward(ids(draw, gpt.sizes, 1, limit - 1));
        talk.refused(ModelStep::Forward(ids(draw, gpt.sizes, 1, 2)), "Overflow");
        talk.forward(ids(draw, gpt.sizes, 1, 1));
        talk.refused(ModelStep::Forward(ids(draw, gpt.sizes, 1, 1)), "Overflow");
        talk.run(message, code)?;
    }
    Ok(())
}

fn model_refuses_bad_ids(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "no tokens, another number of sequences than the cache is for, sequences of different \
                   lengths, and ids outside the vocabulary should be `BadPrompt`, and the cache be as before \
                   and usable";
    let (model, gpt) = model(draw, 12);
    let mut talk = ModelScript::new(model, &gpt, 2);
    let vocab = gpt.sizes.vocab_size;
    talk.forward(ids(draw, gpt.sizes, 2, 3));
    for bad in [
        vec![],
        vec![vec![], vec![]],
        vec![vec![1]],
        vec![vec![1], vec![1], vec![1]],
        vec![vec![1, 2], vec![1]],
        vec![vec![1], vec![]],
        vec![vec![0, 1], vec![2, vocab]],
        vec![vec![usize::MAX], vec![0]],
        // Wrong in two ways: the ids are checked before the capacity.
        vec![vec![vocab; 50], vec![0; 50]],
    ] {
        talk.refused(ModelStep::Forward(bad), "BadPrompt");
    }
    talk.get(0);
    talk.forward(ids(draw, gpt.sizes, 2, 2));
    talk.run(message, code)
}

fn model_refuses_another_models_cache(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a cache with other layers or heads than the model's should be `ShapeMismatch`";
    let sizes = sizes(draw, 12);
    let right = room_of(sizes, 1, 12);
    for room in [
        CacheShape { n_layers: right.n_layers + 1, ..right },
        CacheShape { n_layers: right.n_layers - 1, ..right },
        CacheShape { n_heads: right.n_heads + 1, ..right },
        CacheShape { head_dim: right.head_dim + 1, ..right },
        CacheShape { n_heads: 1, head_dim: sizes.d_model, ..right },
    ] {
        let turns = vec![ModelStep::Forward(vec![vec![1, 2]])];
        let after =
            after(message, code.model(Model::Drawn(sizes, 3), 1, Some(room), with_len(turns))?)?;
        let right = matches!(
            after.as_slice(),
            [ReplyAndLength { len: 0, outcome: Err(error) }] if error.kind == "ShapeMismatch"
        );
        check::that(right, message, || format!("{room:?}: {after:?}"))?;
    }
    Ok(())
}
