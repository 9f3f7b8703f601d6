//! What has to be fast, and how its answers are verified.

use crate::cases::model::logits_of_single_tokens;
use crate::cases::turns::model_goes_back_after_truncate;
use crate::contract::{DecodeModel, DecodeState, Model, Sizes};
use crate::oracle::gpt::{Gpt, Seen};
use course_data::drawn_weights;
use grader_judge::{CallBatch, CaseVerdict, Draw, Failure, Workload, check, timed, wrong};
use grader_protocol::{Bytes, Floats, timed as wire};

timed! {
    task "model" {
        /// A token after `100` others is many times as fast with a cache as without.
        decode_is_fast_after_100 after [logits_of_single_tokens, model_goes_back_after_truncate]:
            kernel "decode", against "recompute" ("computing everything again"),
            work |draw| Box::new(Decoding::new(draw, SMALL, 95, 4));
        /// A token after `500` others is many more times as fast, in a larger model.
        decode_is_fast_after_500 after [logits_of_single_tokens, model_goes_back_after_truncate]:
            kernel "decode", against "recompute" ("computing everything again"),
            work |draw| Box::new(Decoding::new(draw, LARGE, 507, 2));
    }
}

/// As the trained model, with more tokens: a call should never be asked twice.
const SMALL: Sizes =
    Sizes { vocab_size: 509, max_seq_len: 256, d_model: 64, n_heads: 4, n_layers: 3 };
const LARGE: Sizes =
    Sizes { vocab_size: 509, max_seq_len: 512, d_model: 128, n_heads: 4, n_layers: 4 };

const MESSAGE: &str = "the scores should be right while they are timed, too";
/// How far f32 may be from f64, beside the largest score.
const PRECISION: f64 = 2e-5;

/// Tokens at the end of a prompt that each batch draws for itself. What a submission works out while the rest goes
/// through, for each token that could come next, is of no use after them: there are 10^8 ends.
const FRESH: usize = 3;

/// A model and the beginning of a prompt, drawn for this measurement; for each batch an end of the prompt of its own,
/// and for each call a few tokens that follow it. All scores are verified: after the beginning, which goes through
/// once, each token costs the judge no more than it costs a cache.
///
/// Two things are known before the clock starts. The first is the weights: a model may be prepared from them, as a server
/// does. The second is the beginning of the prompt: queries, keys, values and attention to that beginning can be computed
/// for each token and place in the first block, which has seen no other token. That is less than a sixth of a token's
/// work. The end of the prompt is known a moment before. What is computed then, beyond
/// what the baseline computes with the same tokens, is added to the submission's time.
struct Decoding {
    draw: Draw,
    sizes: Sizes,
    seed: u64,
    /// A [`DecodeModel`], encoded.
    model: Bytes,
    /// The beginning of the prompt.
    prompt: Vec<usize>,
    /// The end of the prompt in this batch.
    end: Vec<usize>,
    /// Tokens of a call.
    tokens: usize,
    asked: Vec<Vec<usize>>,
    /// What the first calls of a batch have to give, as far as it was asked.
    expected: Vec<Vec<Vec<f64>>>,
    oracle: Option<(Gpt, Seen)>,
}

impl Decoding {
    fn new(mut draw: Draw, sizes: Sizes, prompt: usize, tokens: usize) -> Self {
        let seed = draw.bits();
        let prompt: Vec<usize> = (0..prompt).map(|_| draw.int(0..=sizes.vocab_size - 1)).collect();
        let weights = drawn_weights(sizes, seed).into_iter().map(Floats).collect();
        let model = DecodeModel { sizes, weights, prompt: prompt.clone() };
        Self {
            draw,
            sizes,
            seed,
            model: Bytes(wire::to_bytes(&model)),
            prompt,
            end: Vec::new(),
            tokens,
            asked: Vec::new(),
            expected: Vec::new(),
            oracle: None,
        }
    }

    /// What call `at` has to give.
    fn expected(&mut self, at: usize) -> &[Vec<f64>] {
        let (gpt, seen) = self.oracle.get_or_insert_with(|| {
            let gpt = Gpt::new(Model::Drawn(self.sizes, self.seed));
            let mut seen = gpt.nothing();
            for id in &self.prompt {
                gpt.next(&mut seen, *id);
            }
            (gpt, seen)
        });
        let whole = self.prompt.len() + self.end.len();
        if self.expected.is_empty() {
            seen.truncate(self.prompt.len());
            for id in &self.end {
                gpt.next(seen, *id);
            }
        }
        while self.expected.len() <= at {
            let tokens = &self.asked[self.expected.len()];
            self.expected.push(tokens.iter().map(|id| gpt.next(seen, *id)).collect());
            seen.truncate(whole);
        }
        &self.expected[at]
    }

    fn ids(&mut self, count: usize) -> Vec<usize> {
        (0..count).map(|_| self.draw.int(0..=self.sizes.vocab_size - 1)).collect()
    }

    /// A batch whose prompt ends in `end` tokens of its own, with calls of so many tokens.
    fn batch_of(&mut self, end: usize, lengths: Vec<usize>) -> CallBatch {
        self.end = self.ids(end);
        self.asked = lengths.into_iter().map(|count| self.ids(count)).collect();
        self.expected.clear();
        let inputs = self.asked.iter().map(wire::to_bytes).collect();
        let state = DecodeState { model: self.model.clone(), end: self.end.clone() };
        CallBatch { set_up: Some(wire::to_bytes(&state)), inputs }
    }
}

impl Workload for Decoding {
    type Wrong = Failure;

    fn batch(&mut self, calls: usize) -> CallBatch {
        self.batch_of(FRESH, vec![self.tokens; calls])
    }

    fn aside(&mut self) -> Option<CallBatch> {
        // One pair of four has nothing asked beside it.
        if self.draw.int(1..=4) == 1 {
            return None;
        }
        let end = self.draw.int(1..=FRESH);
        let room = self.sizes.max_seq_len - self.prompt.len() - end;
        let lengths = (0..self.draw.int(1..=2)).map(|_| self.draw.int(1..=room.min(6))).collect();
        Some(self.batch_of(end, lengths))
    }

    fn verify(&mut self, outputs: &[Vec<u8>]) -> CaseVerdict {
        for (at, output) in outputs.iter().enumerate() {
            let scores: Option<Floats> = wire::from_bytes(output);
            let Floats(scores) = scores.ok_or_else(|| wrong(MESSAGE, "no scores"))?;
            let width = self.sizes.vocab_size;
            check::equal(MESSAGE, &scores.len(), &(self.asked[at].len() * width))?;
            for (got, expected) in scores.chunks_exact(width).zip(self.expected(at)) {
                agrees(got, expected)?;
            }
        }
        Ok(())
    }
}

fn agrees(got: &[f32], expected: &[f64]) -> CaseVerdict {
    let largest = expected.iter().fold(1.0_f64, |largest, x| largest.max(x.abs()));
    for (got, expected) in got.iter().zip(expected) {
        let off = (f64::from(*got) - expected).abs();
        // Written so that NaN is off.
        let right = off <= PRECISION * largest;
        check::that(right, MESSAGE, || format!("off by {off:e} of {largest:e}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TINY: Sizes =
        Sizes { vocab_size: 23, max_seq_len: 20, d_model: 16, n_heads: 2, n_layers: 2 };

    /// The scores of each call by the model without a cache, spoilt.
    fn answered(spoil: impl Fn(&mut [f32])) -> CaseVerdict {
        let mut work = Decoding::new(Draw::new(7, "verify"), TINY, 9, 2);
        let batch = work.batch(3);
        assert_ne!(batch.inputs[0], batch.inputs[1]);
        let gpt = Gpt::new(Model::Drawn(TINY, work.seed));
        let answer = |tokens: &Vec<usize>| {
            let whole = gpt.logits(&[&work.prompt[..], &work.end, tokens].concat());
            let mut scores: Vec<f32> =
                whole[9 + FRESH..].iter().flatten().map(|x| *x as f32).collect();
            spoil(&mut scores);
            wire::to_bytes(&Floats(scores))
        };
        let outputs: Vec<_> = work.asked.iter().map(answer).collect();
        work.verify(&outputs[..2])?;
        work.verify(&outputs)?;
        let end = work.end.clone();
        assert_ne!(work.batch(3).set_up, batch.set_up);
        assert_ne!(work.end, end);
        check::that(work.verify(&outputs).is_err(), MESSAGE, || {
            "answers after the last end were right".into()
        })
    }

    #[test]
    fn the_scores_of_the_whole_sequence_are_right() {
        answered(|_| ()).unwrap();
    }

    #[test]
    fn one_wrong_score_is_seen() {
        assert!(answered(|scores| scores[40] += 1e-3).is_err());
        assert!(answered(|scores| scores[40] = f32::NAN).is_err());
    }

    #[test]
    fn too_few_bits_are_seen() {
        let short = |x: &mut f32| *x = f32::from_bits(x.to_bits() & 0xffff_0000);
        assert!(answered(|scores| scores.iter_mut().for_each(short)).is_err());
    }
}
