//! Task `model`.

use super::contract::{After, Model, Outcome, Pass, Room, Saw, Told, Turn};
use super::meter::Meter;
use super::{Result, attention, cache, given};
use caching::{CachedGpt, CachedTransformerBlock, KvCache};

pub(super) fn block(model: Model, block: usize, room: Room, passes: Vec<Pass>) -> Result<Vec<Saw>> {
    let gpt = given::gpt(model)?;
    let block = CachedTransformerBlock::new(&gpt.blocks()[block]);
    attention::all(room, passes, |input, cache, layer| block.forward(input, cache, layer))
}

pub(super) fn new_cache(model: Model, batch: usize) -> Result<Told> {
    let cache = CachedGpt::new(&given::gpt(model)?).new_cache(batch)?;
    Ok(cache::told(&cache))
}

pub(super) fn run(
    model: Model,
    batch: usize,
    room: Option<Room>,
    turns: Vec<Turn>,
) -> Result<Vec<After>> {
    all(model, batch, room, turns, |_, turn, _| {
        let _ = turn;
        Ok(Outcome::Done)
    })
}

/// Runs turns with one cache; turns of other tasks are passed to `other`.
pub(super) fn all(
    model: Model,
    batch: usize,
    room: Option<Room>,
    turns: Vec<Turn>,
    other: impl Fn(&CachedGpt, Turn, &mut KvCache) -> Result<Outcome>,
) -> Result<Vec<After>> {
    let meter = Meter::new();
    let model = CachedGpt::new(&given::gpt(model)?);
    let mut cache = match room {
        None => model.new_cache(batch)?,
        Some(room) => cache::new(room)?,
    };
    let after = turns.into_iter().map(|turn| {
        let outcome = one((&model, &mut cache), &meter, turn, &other)
            .unwrap_or_else(|error| Outcome::Refused(given::refusal(&error)));
        After { len: cache.len(), outcome }
    });
    Ok(after.collect())
}

fn one(
    (model, cache): (&CachedGpt, &mut KvCache),
    meter: &Meter,
    turn: Turn,
    other: impl Fn(&CachedGpt, Turn, &mut KvCache) -> Result<Outcome>,
) -> Result<Outcome> {
    match turn {
        Turn::Forward(ids) => {
            let (logits, allocated) = meter.of(|| model.forward(&ids, cache))?;
            Ok(Outcome::Logits(given::array(&logits), allocated))
        }
        Turn::Truncate(len) => cache.truncate(len).map(|()| Outcome::Done),
        Turn::Reset => {
            cache.reset();
            Ok(Outcome::Done)
        }
        Turn::Get(layer) => {
            let (batch, heads) = (cache.batch(), model.config().n_heads);
            given::rows(meter, || cache.get(layer), batch, heads).map(Outcome::Rows)
        }
        Turn::Generate(..) => other(model, turn, cache),
    }
}
