//! The course's own ways to the next token.

use std::hint::black_box;

use anyhow::{Context, Result};
use caching::{CachedGpt, KvCache};
use tinytorch::models::Gpt;
use tinytorch::{Layer, Rng, Tensor};

use super::super::subject::Subject;
use super::parts;
use crate::exchange::{Array, Arrays};

/// The model of a problem.
fn model(arrays: &Arrays) -> Result<(Gpt, Vec<usize>, usize)> {
    let (config, before, last) = parts(arrays)?;
    let mut gpt = Gpt::new(config, &mut Rng::new(0))?;
    for (name, parameter) in gpt.parameters_mut() {
        let array = arrays.get(&format!("param.{name}")).with_context(|| name.clone())?;
        *parameter = Tensor::from_vec(array.as_floats()?.to_vec(), &array.shape)?;
    }
    Ok((gpt, before, last))
}

/// The scores after the last of the tokens, `[1, T, V]` to `[V]`.
fn last_row(logits: &Tensor) -> Result<Arrays> {
    let (tokens, vocab) = (logits.shape()[1], logits.shape()[2]);
    let row = logits.slice_axis(1, tokens - 1, tokens)?;
    Ok(Arrays::from([("output".to_string(), Array::floats(&[vocab], row.to_vec()))]))
}

struct Recompute {
    gpt: Gpt,
    ids: [Vec<usize>; 1],
}

/// All tokens again.
pub fn recompute(arrays: &Arrays) -> Result<Box<dyn Subject>> {
    let (gpt, mut ids, last) = model(arrays)?;
    ids.push(last);
    Ok(Box::new(Recompute { gpt, ids: [ids] }))
}

impl Subject for Recompute {
    fn compute(&mut self) -> Result<()> {
        drop(black_box(self.gpt.forward_ids(&self.ids)?));
        Ok(())
    }

    fn output(&mut self) -> Result<Arrays> {
        last_row(&self.gpt.forward_ids(&self.ids)?)
    }
}

struct Cached {
    gpt: CachedGpt,
    cache: KvCache,
    last: [Vec<usize>; 1],
}

/// The new token alone, by module `caching`, with the keys and values of the others.
pub fn cached(arrays: &Arrays) -> Result<Box<dyn Subject>> {
    let (gpt, before, last) = model(arrays)?;
    let gpt = CachedGpt::new(&gpt);
    let mut cache = gpt.new_cache(1)?;
    let _ = gpt.forward(&[before], &mut cache)?;
    Ok(Box::new(Cached { gpt, cache, last: [vec![last]] }))
}

impl Cached {
    /// Forgets the new token afterwards, so that it is new the next time, too.
    fn next(&mut self) -> Result<Tensor> {
        let before = self.cache.len();
        let logits = self.gpt.forward(&self.last, &mut self.cache)?;
        self.cache.truncate(before)?;
        Ok(logits)
    }
}

impl Subject for Cached {
    fn compute(&mut self) -> Result<()> {
        drop(black_box(self.next()?));
        Ok(())
    }

    fn output(&mut self) -> Result<Arrays> {
        last_row(&self.next()?)
    }
}
