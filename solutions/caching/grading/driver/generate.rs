//! Task `generate`.

use super::contract::{self, After, Model, Outcome, Room, Turn};
use super::{Result, given, model};
use caching::{GenerateOptions, Sampler, Sampling, generate_with_cache};
use grader_protocol::{Floats, StudentError};

pub(super) fn run(
    gpt: Model,
    batch: usize,
    room: Option<Room>,
    turns: Vec<Turn>,
) -> Result<Vec<After>> {
    model::all(gpt, batch, room, turns, |model, turn, cache| {
        let Turn::Generate(prompts, options) = turn else { return Ok(Outcome::Done) };
        let contract::Options { max_new_tokens, stop, sampling, seed } = options;
        let sampling = converted(sampling);
        let options = GenerateOptions { max_new_tokens, stop, sampling, seed };
        generate_with_cache(model, &prompts, options, cache).map(Outcome::Tokens)
    })
}

pub(super) fn sample(
    sampling: contract::Sampling,
    seed: u64,
    rows: Vec<Floats>,
) -> Result<Vec<std::result::Result<usize, StudentError>>> {
    let mut sampler = Sampler::new(converted(sampling), seed)?;
    let mut next = |row: Floats| sampler.next(&row.0).map_err(|error| given::refusal(&error));
    Ok(rows.into_iter().map(&mut next).collect())
}

fn converted(sampling: contract::Sampling) -> Sampling {
    match sampling {
        contract::Sampling::Greedy => Sampling::Greedy,
        contract::Sampling::Random(temperature, top_k) => Sampling::Random { temperature, top_k },
    }
}
