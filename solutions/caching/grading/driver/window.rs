//! Task `window`.

use super::contract::{Room, Saw, Step, Told};
use super::meter::Meter;
use super::{Result, given};
use caching::WindowCache;

pub(super) fn run(room: Room, steps: Vec<Step>) -> Result<Vec<Saw>> {
    let Room { batch, tokens, n_layers, n_heads, head_dim } = room;
    let meter = Meter::new();
    let mut cache = match batch {
        None => WindowCache::new(tokens, n_layers, n_heads, head_dim),
        Some(batch) => WindowCache::with_batch(batch, tokens, n_layers, n_heads, head_dim),
    }?;
    Ok(steps.into_iter().map(|one| given::saw(step(&mut cache, &meter, room, one))).collect())
}

fn step(cache: &mut WindowCache, meter: &Meter, room: Room, step: Step) -> Result<Saw> {
    match step {
        Step::Put(layer, k, v) => given::put(meter, &k, &v, |k, v| cache.push(layer, k, v)),
        Step::Attend(layer, q, k, v) => {
            let (q, k, v) = (given::tensor(&q)?, given::tensor(&k)?, given::tensor(&v)?);
            cache.attend(layer, &q, &k, &v).map(|output| Saw::Output(given::array(&output)))
        }
        Step::Reset => given::counted(meter, || {
            cache.reset();
            Ok(())
        }),
        Step::Get(layer) => given::seen(meter, room, || cache.get(layer)),
        Step::Positions(layer) => {
            cache.positions(layer).map(|positions| Saw::Positions(positions.start, positions.end))
        }
        Step::Sizes | Step::Advance(_) | Step::Truncate(_) => Ok(Saw::Sizes(Told {
            room: cache.window(),
            batch: cache.batch(),
            allocated: cache.allocated_bytes(),
            ..Told::default()
        })),
    }
}
