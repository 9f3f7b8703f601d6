//! Task `attention`.

use super::contract::{Model, Pass, Room, Saw};
use super::meter::Meter;
use super::{Result, cache, given};
use caching::{CachedMultiHeadAttention, KvCache};
use tinytorch::Tensor;

pub(super) fn run(model: Model, block: usize, room: Room, passes: Vec<Pass>) -> Result<Vec<Saw>> {
    let gpt = given::gpt(model)?;
    let attention = CachedMultiHeadAttention::new(gpt.blocks()[block].attn());
    all(room, passes, |input, cache, layer| attention.forward(input, cache, layer))
}

/// Runs the passes of an attention or a block, with one cache.
pub(super) fn all(
    room: Room,
    passes: Vec<Pass>,
    forward: impl Fn(&Tensor, &mut KvCache, usize) -> Result<Tensor>,
) -> Result<Vec<Saw>> {
    let meter = Meter::new();
    let mut cache = cache::new(room)?;
    let mut pass = |pass: Pass| match pass {
        Pass::Forward(layer, input) => {
            let input = given::tensor(&input)?;
            forward(&input, &mut cache, layer).map(|output| Saw::Output(given::array(&output)))
        }
        Pass::Advance(tokens) => given::counted(&meter, || cache.advance(tokens)),
        Pass::Get(layer) => given::seen(&meter, room, || cache.get(layer)),
    };
    Ok(passes.into_iter().map(|one| given::saw(pass(one))).collect())
}
