//! Task `cache`.

use super::contract::{Room, Saw, Step, Told};
use super::meter::Meter;
use super::{Result, given};
use caching::KvCache;

pub(super) fn new(room: Room) -> Result<KvCache> {
    let Room { batch, tokens, n_layers, n_heads, head_dim } = room;
    match batch {
        None => KvCache::new(tokens, n_layers, n_heads, head_dim),
        Some(batch) => KvCache::with_batch(batch, tokens, n_layers, n_heads, head_dim),
    }
}

pub(super) fn run(room: Room, steps: Vec<Step>) -> Result<Vec<Saw>> {
    let meter = Meter::new();
    let mut cache = new(room)?;
    Ok(steps.into_iter().map(|one| given::saw(step(&mut cache, &meter, room, one))).collect())
}

fn step(cache: &mut KvCache, meter: &Meter, room: Room, step: Step) -> Result<Saw> {
    match step {
        Step::Put(layer, k, v) => given::put(meter, &k, &v, |k, v| cache.update(layer, k, v)),
        Step::Advance(tokens) => given::counted(meter, || cache.advance(tokens)),
        Step::Truncate(len) => given::counted(meter, || cache.truncate(len)),
        Step::Reset => given::counted(meter, || {
            cache.reset();
            Ok(())
        }),
        Step::Get(layer) => given::seen(meter, room, || cache.get(layer)),
        Step::Sizes | Step::Attend(..) | Step::Positions(_) => Ok(Saw::Sizes(told(cache))),
    }
}

pub(super) fn told(cache: &KvCache) -> Told {
    Told {
        len: cache.len(),
        is_empty: cache.is_empty(),
        room: cache.max_seq_len(),
        batch: cache.batch(),
        n_layers: cache.n_layers(),
        allocated: cache.allocated_bytes(),
        used: cache.used_bytes(),
    }
}
