//! Seconds per token at several contexts, with and without a cache in alternation.

use caching::CachedGpt;
use std::error::Error;
use std::hint::black_box;
use std::time::Instant;
use tinytorch::models::Gpt;
use tinytorch::{Rng, pretrained};

/// The number of rounds. In each, both ways have one turn at each context.
const ROUNDS: usize = 9;
/// Calls per turn with the cache: a single one is too short for the clock.
const CALLS: usize = 20;

/// The seconds for the last token of a text of `context` tokens.
pub(crate) struct Times {
    pub(crate) context: usize,
    pub(crate) cached: f64,
    pub(crate) recomputed: f64,
}

/// Measures several contexts, up to the longest that the model supports.
pub(crate) fn tokens(gpt: &Gpt) -> Result<Vec<Times>, Box<dyn Error>> {
    let config = gpt.config();
    let mut rng = Rng::new(1);
    let text: Vec<usize> = (0..config.max_seq_len).map(|_| rng.below(config.vocab_size)).collect();
    let contexts = [1, 2, 4, 8, 12, 18, 25, 35, 50, 70, 100, 125, 150, 175, 200, 225, 256];
    let contexts = contexts.into_iter().filter(|context| *context <= text.len());
    contexts.map(|context| one(gpt, &text[..context])).collect()
}

fn one(gpt: &Gpt, text: &[usize]) -> Result<Times, Box<dyn Error>> {
    let Some((last, before)) = text.split_last() else { return Err("a text has tokens".into()) };
    let model = CachedGpt::new(gpt);
    let mut cache = model.new_cache(1)?;
    if !before.is_empty() {
        let _ = model.forward(&[before.to_vec()], &mut cache)?;
    }
    let (mut cached, mut recomputed) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..CALLS {
            cache.truncate(before.len())?;
            let _ = black_box(model.forward(&[vec![*last]], &mut cache)?);
        }
        cached.push(start.elapsed().as_secs_f64() / CALLS as f64);
        let start = Instant::now();
        let _ = black_box(gpt.forward_ids(&[text.to_vec()])?);
        recomputed.push(start.elapsed().as_secs_f64());
    }
    Ok(Times { context: text.len(), cached: median(cached), recomputed: median(recomputed) })
}

/// Seconds to create the model's cache.
pub(crate) fn set_up() -> Result<f64, Box<dyn Error>> {
    let model = CachedGpt::new(&pretrained::gpt()?);
    let mut seconds = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        black_box(model.new_cache(1)?);
        seconds.push(start.elapsed().as_secs_f64());
    }
    Ok(median(seconds))
}

/// Seconds at a context between two measured ones, by linear interpolation.
pub(crate) fn at(times: &[Times], context: usize, seconds: fn(&Times) -> f64) -> f64 {
    let above = times.iter().position(|time| time.context >= context);
    match above {
        None => times.last().map_or(0.0, seconds),
        Some(0) => seconds(&times[0]),
        Some(above) => {
            let (low, high) = (&times[above - 1], &times[above]);
            let share = (context - low.context) as f64 / (high.context - low.context) as f64;
            seconds(low) + share * (seconds(high) - seconds(low))
        }
    }
}

/// Seconds for a whole text, token by token.
pub(crate) fn sum(times: &[Times], tokens: usize, seconds: fn(&Times) -> f64) -> f64 {
    (1..=tokens).map(|context| at(times, context, seconds)).sum()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
