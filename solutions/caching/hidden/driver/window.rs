//! Task `window`.

use super::contract::{Room, Saw, Step, Told};
use super::{Result, given};
use caching::WindowCache;

pub(super) fn run(room: Room, steps: Vec<Step>) -> Result<Vec<Saw>> {
    let Room { batch, tokens, n_layers, n_heads, head_dim } = room;
    let mut cache = match batch {
        None => WindowCache::new(tokens, n_layers, n_heads, head_dim),
        Some(batch) => WindowCache::with_batch(batch, tokens, n_layers, n_heads, head_dim),
    }?;
    Ok(steps.into_iter().map(|one| given::saw(step(&mut cache, room, one))).collect())
}

fn step(cache: &mut WindowCache, room: Room, step: Step) -> Result<Saw> {
    match step {
        Step::Put(layer, k, v) => given::put(&k, &v, |k, v| cache.push(layer, k, v)),
        Step::Attend(layer, q, k, v) => {
            let (q, k, v) = (given::tensor(&q)?, given::tensor(&k)?, given::tensor(&v)?);
            cache.attend(layer, &q, &k, &v).map(|output| Saw::Output(given::array(&output)))
        }
        Step::Reset => given::counted(|| {
            cache.reset();
            Ok(())
        }),
        Step::Get(layer) => given::seen(room, || cache.get(layer)),
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
