//! Task `generate`: one token after another.

use super::model::{logits_of_a_batch, logits_of_chunks};
use super::prelude::*;
use super::sampling::{sampler_divides_by_the_temperature, sampler_is_greedy};
use super::turns;
use crate::oracle::sampling::{Uniform, allows};

cases! { task "generate", client Client;
    /// Greedy generation gives the tokens that it gives without a cache.
    greedy_tokens_are_those_without_a_cache after [sampler_is_greedy, logits_of_chunks];
    /// The trained GPT adds, with a cache as without.
    the_trained_model_adds after [greedy_tokens_are_those_without_a_cache];
    /// Seeded sampling gives the tokens that it gives without a cache.
    sampled_tokens_are_those_without_a_cache
        after [sampler_divides_by_the_temperature, logits_of_chunks];
    /// Sequences of a batch get their own tokens, each with a generator of its own.
    sequences_draw_for_themselves
        after [sampled_tokens_are_those_without_a_cache, logits_of_a_batch];
    /// What one sequence gets does not depend on which others are there.
    sequences_do_not_disturb_each_other after [sequences_draw_for_themselves];
    /// A sequence ends with its stop token, which is part of it; others go on.
    sequences_stop_one_by_one after [sequences_draw_for_themselves];
    /// Without a stop token all new tokens come, also such that might mean an end.
    nothing_stops_without_a_stop_token after [sampled_tokens_are_those_without_a_cache];
    /// No new tokens: nothing is computed.
    no_new_tokens_change_nothing;
    /// The cache holds the prompts and all new tokens but the last.
    the_cache_lacks_the_last_token_only after [greedy_tokens_are_those_without_a_cache];
    /// What the cache holds already is continued.
    generation_continues_what_is_cached after [greedy_tokens_are_those_without_a_cache];
    /// A cache can be filled to its last place, and no further.
    generation_refuses_an_overflow after [greedy_tokens_are_those_without_a_cache];
    /// Bad options and prompts are refused, and the cache is intact.
    generation_refuses_what_makes_no_sense after [greedy_tokens_are_those_without_a_cache];
}

const GREEDY: Options =
    Options { max_new_tokens: 10, stop: None, sampling: Sampling::Greedy, seed: 0 };

/// Checks tokens one by one against the model's scores for everything before them.
fn follows(
    message: &'static str,
    gpt: &Gpt,
    (before, got): (&[usize], &[usize]),
    (options, b): (Options, usize),
) -> CaseVerdict {
    let mut sequence = gpt.sequence();
    let mut logits = Vec::new();
    for id in before {
        logits = sequence.next(*id);
    }
    let mut draws = Uniform::new(options.seed.wrapping_add(b as u64));
    for (at, id) in got.iter().enumerate() {
        let right = allows(&logits, options.sampling, &mut draws, *id);
        check::that(right, message, || format!("sequence {b}, token {at}: {id} of {logits:?}"))?;
        if at + 1 < got.len() {
            check::that(options.stop != Some(*id), message, || format!("{got:?} goes on"))?;
            logits = sequence.next(*id);
        }
    }
    let ended = got.len() == options.max_new_tokens
        || (options.stop.is_some() && got.last().copied() == options.stop);
    check::that(ended, message, || format!("sequence {b}: {got:?}"))
}

/// Generates and checks all sequences; returns the tokens.
fn generates(
    message: &'static str,
    code: &mut Client,
    (model, gpt): (Model, &Gpt),
    prompts: &[Vec<usize>],
    options: Options,
) -> Result<Vec<Vec<usize>>, grader_judge::Failure> {
    let turns = vec![ModelStep::Generate(prompts.to_vec(), options)];
    let after = after(message, code.generate(model, prompts.len(), None, with_len(turns))?)?;
    let [ReplyAndLength { len, outcome: Ok(StepReply::Tokens(tokens)) }] = after.as_slice() else {
        return Err(wrong(message, format!("{after:?}")));
    };
    check::equal(message, &tokens.len(), &prompts.len())?;
    for (b, (prompt, got)) in prompts.iter().zip(tokens).enumerate() {
        follows(message, gpt, (prompt, got), (options, b))?;
    }
    let longest = tokens.iter().map(Vec::len).max().unwrap_or(0);
    let held = prompts[0].len() + longest - 1;
    check::that(*len == held, message, || format!("the cache holds {len} tokens, not {held}"))?;
    Ok(tokens.clone())
}

fn greedy_tokens_are_those_without_a_cache(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "greedy generation should give the tokens that the model gives without a cache";
    for prompt in [1, 3, 8] {
        let (model, gpt) = model(draw, 24);
        let prompts = ids(draw, gpt.sizes, 1, prompt);
        generates(message, code, (model, &gpt), &prompts, GREEDY)?;
    }
    Ok(())
}

fn the_trained_model_adds(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "the trained model should give the tokens that it gives without a cache, sums among them";
    let gpt = Gpt::new(Model::Trained);
    let sums: Vec<_> = (0..4).map(|_| (draw.int(0..=999), draw.int(0..=999))).collect();
    let prompts: Vec<_> = sums.iter().map(|(a, b)| turns::question(*a, *b)).collect();
    let options = Options { stop: Some(12), max_new_tokens: 8, ..GREEDY };
    let got = generates(message, code, (Model::Trained, &gpt), &prompts, options)?;
    let right = got.iter().zip(&sums).filter(|(got, (a, b))| **got == turns::answer(*a, *b));
    // The model is right about 99 sums in 100.
    check::that(right.count() >= 3, message, || format!("{sums:?}: {got:?}"))
}

fn sampled_tokens_are_those_without_a_cache(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "seeded sampling should give the tokens that it gives without a cache";
    for (temperature, top_k) in [(1.0, None), (0.6, None), (1.7, Some(5)), (1.0, Some(2))] {
        let (model, gpt) = model(draw, 24);
        let prompts = ids(draw, gpt.sizes, 1, 4);
        let sampling = random(temperature, top_k);
        let options = Options { max_new_tokens: 18, sampling, seed: draw.bits(), ..GREEDY };
        generates(message, code, (model, &gpt), &prompts, options)?;
    }
    Ok(())
}

fn sequences_draw_for_themselves(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "sequence b should be continued with draws of the seed plus b, by its own scores";
    for seed in [draw.bits(), u64::MAX] {
        let (model, gpt) = model(draw, 20);
        let prompts = ids(draw, gpt.sizes, 3, 4);
        let sampling = random(1.2, Some(8));
        let options = Options { max_new_tokens: 12, sampling, seed, ..GREEDY };
        generates(message, code, (model, &gpt), &prompts, options)?;
    }
    Ok(())
}

fn sequences_do_not_disturb_each_other(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the first sequence should get the same tokens, whichever others are there, also when \
                   those have ended";
    let (model, gpt) = model(draw, 24);
    let first = ids(draw, gpt.sizes, 1, 3);
    let sampling = random(1.5, None);
    let stop = Some(draw.int(0..=gpt.sizes.vocab_size - 1));
    let options = Options { max_new_tokens: 16, stop, sampling, seed: draw.bits() };
    let alone = generates(message, code, (model, &gpt), &first, options)?;
    for others in [1, 4] {
        let prompts = [&first[..], &ids(draw, gpt.sizes, others, 3)].concat();
        let got = generates(message, code, (model, &gpt), &prompts, options)?;
        check::equal(message, &got[0], &alone[0])?;
    }
    Ok(())
}

fn sequences_stop_one_by_one(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a sequence should end with its stop token, which is part of it, and the others go on \
                   until they end";
    for _ in 0..3 {
        let (model, gpt) = model(draw, 24);
        let prompts = ids(draw, gpt.sizes, 4, 2);
        let sampling = random(3.0, None);
        let mut options = Options { max_new_tokens: 14, stop: None, sampling, seed: draw.bits() };
        let free = generates(message, code, (model, &gpt), &prompts, options)?;
        // A token that appears early in one sequence, and the very first token of
        // another.
        for stop in [free[1][2], free[2][0]] {
            options.stop = Some(stop);
            generates(message, code, (model, &gpt), &prompts, options)?;
        }
    }
    Ok(())
}

fn nothing_stops_without_a_stop_token(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "without a stop token, `max_new_tokens` tokens should come";
    let (model, gpt) = model(draw, 40);
    let prompts = ids(draw, gpt.sizes, 2, 3);
    let sampling = random(5.0, None);
    let options = Options { max_new_tokens: 38, stop: None, sampling, seed: draw.bits() };
    generates(message, code, (model, &gpt), &prompts, options)?;
    // A token that never appears, because its id does not exist.
    let options = Options { stop: Some(gpt.sizes.vocab_size), max_new_tokens: 7, ..options };
    generates(message, code, (model, &gpt), &prompts, options)?;
    // A single token needs only the pass over the prompt.
    generates(message, code, (model, &gpt), &prompts, Options { max_new_tokens: 1, ..options })?;
    Ok(())
}

fn no_new_tokens_change_nothing(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "with `max_new_tokens` 0 each sequence should get no tokens, and the cache stay as it is";
    let (model, gpt) = model(draw, 12);
    let options = Options { max_new_tokens: 0, ..GREEDY };
    let turns = vec![
        ModelStep::Forward(ids(draw, gpt.sizes, 2, 3)),
        ModelStep::Generate(ids(draw, gpt.sizes, 2, 2), options),
    ];
    let after = after(message, code.generate(model, 2, None, with_len(turns))?)?;
    let nothing = Ok(StepReply::Tokens(vec![Vec::new(), Vec::new()]));
    let right = after.get(1).is_some_and(|after| after.len == 3 && after.outcome == nothing);
    check::that(right, message, || format!("{after:?}"))
}

fn the_cache_lacks_the_last_token_only(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "afterwards the cache should hold prompts and new tokens but the last, so that what follows \
                   gives the scores of the whole sequence";
    let (model, gpt) = model(draw, 24);
    let prompt = ids(draw, gpt.sizes, 1, 5);
    let known = generates(message, code, (model, &gpt), &prompt, GREEDY)?;
    let last = known[0].last().copied().unwrap_or(0);
    let next = vec![vec![last, draw.int(0..=gpt.sizes.vocab_size - 1)]];
    let turns = vec![ModelStep::Generate(prompt.clone(), GREEDY), ModelStep::Forward(next.clone())];
    let after = after(message, code.generate(model, 1, None, with_len(turns))?)?;
    let Some(ReplyAndLength { len: 16, outcome: Ok(StepReply::Logits(got, _)) }) = after.get(1)
    else {
        return Err(wrong(message, format!("{after:?}")));
    };
    let whole = [&prompt[0][..], &known[0][..9], &next[0]].concat();
    agrees(message, got, &[gpt.logits(&whole)[14..].to_vec()])
}

fn generation_continues_what_is_cached(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "prompts should follow what the cache holds already";
    let (model, gpt) = model(draw, 30);
    let (before, first) = (ids(draw, gpt.sizes, 1, 4), ids(draw, gpt.sizes, 1, 3));
    let again = ids(draw, gpt.sizes, 1, 2);
    let options = Options { max_new_tokens: 6, ..GREEDY };
    let turns = vec![
        ModelStep::Forward(before.clone()),
        ModelStep::Generate(first.clone(), options),
        ModelStep::Generate(again.clone(), options),
        ModelStep::Reset,
        ModelStep::Generate(first.clone(), options),
    ];
    let after = after(message, code.generate(model, 1, None, with_len(turns))?)?;
    let tokens = |at: usize| match after.get(at).map(|after| &after.outcome) {
        Some(Ok(StepReply::Tokens(tokens))) if tokens.len() == 1 => Ok(tokens[0].clone()),
        other => Err(wrong(message, format!("{other:?}"))),
    };
    let (one, two, three) = (tokens(1)?, tokens(2)?, tokens(4)?);
    let mut whole = [&before[0][..], &first[0]].concat();
    follows(message, &gpt, (&whole, &one), (options, 0))?;
    // The last token of `one` was never fed in.
    whole.extend(one[..5].iter().chain(&again[0]));
    follows(message, &gpt, (&whole, &two), (options, 0))?;
    follows(message, &gpt, (&first[0], &three), (options, 0))
}

fn generation_refuses_an_overflow(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "prompts and all new tokens but the last have to fit: else `Overflow` before anything is \
                   computed, with the cache as before";
    let (model, gpt) = model(draw, 12);
    let generate = |prompts: &[Vec<usize>], new| {
        ModelStep::Generate(prompts.to_vec(), Options { max_new_tokens: new, ..GREEDY })
    };
    let (before, prompt) = (ids(draw, gpt.sizes, 1, 3), ids(draw, gpt.sizes, 1, 4));
    let turns = vec![
        ModelStep::Forward(before.clone()),
        generate(&prompt, 7),
        generate(&prompt, usize::MAX),
        generate(&prompt, 6),
    ];
    let after = after(message, code.generate(model, 1, None, with_len(turns))?)?;
    for at in [1, 2] {
        let right = after.get(at).is_some_and(|after| {
            let refused = matches!(&after.outcome, Err(e) if e.kind == "Overflow");
            refused && after.len == 3
        });
        check::that(right, message, || format!("turn {at}: {after:?}"))?;
    }
    let Some(ReplyAndLength { len: 12, outcome: Ok(StepReply::Tokens(tokens)) }) = after.get(3)
    else {
        return Err(wrong(message, format!("{after:?}")));
    };
    let whole = [&before[0][..], &prompt[0]].concat();
    check::equal(message, &tokens.len(), &1)?;
    follows(message, &gpt, (&whole, &tokens[0]), (Options { max_new_tokens: 6, ..GREEDY }, 0))
}

fn generation_refuses_what_makes_no_sense(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "bad options should be `BadOptions`, bad prompts `BadPrompt`, and the cache stay as it is";
    let (model, gpt) = model(draw, 12);
    let prompt = ids(draw, gpt.sizes, 2, 2);
    let sampled = |temperature, top_k| Options {
        sampling: random(temperature, top_k),
        max_new_tokens: 3,
        ..GREEDY
    };
    let short = Options { max_new_tokens: 3, ..GREEDY };
    let bad = [
        (prompt.clone(), sampled(0.0, None), "BadOptions"),
        (prompt.clone(), sampled(f32::NAN, Some(2)), "BadOptions"),
        (prompt.clone(), sampled(1.0, Some(0)), "BadOptions"),
        (vec![vec![], vec![]], short, "BadPrompt"),
        (vec![vec![1]], short, "BadPrompt"),
        (vec![vec![1, 2], vec![1]], short, "BadPrompt"),
        (vec![vec![1], vec![gpt.sizes.vocab_size]], short, "BadPrompt"),
    ];
    let mut turns = vec![ModelStep::Forward(prompt)];
    turns.extend(
        bad.iter().map(|(prompts, options, _)| ModelStep::Generate(prompts.clone(), *options)),
    );
    let after = after(message, code.generate(model, 2, None, with_len(turns))?)?;
    for (at, (prompts, options, kind)) in bad.iter().enumerate() {
        let right = after.get(at + 1).is_some_and(|after| {
            let refused = matches!(&after.outcome, Err(error) if error.kind == *kind);
            refused && after.len == 2
        });
        check::that(right, message, || {
            format!("{prompts:?}, {options:?}: {:?}", after.get(at + 1))
        })?;
    }
    Ok(())
}
