//! Converts between plain data and the given types: tensors, models, views.

#![allow(dead_code, reason = "some of it is for tasks that may be missing")]

use super::Result;
use super::contract::{self, Array, Model, Room, Rows, Saw, Sizes};
use super::meter::Meter;
use caching::{CacheError, KvView};
use grader_protocol::{Floats, StudentError};
use std::collections::HashMap;
use tinytorch::models::{Gpt, GptConfig};
use tinytorch::{Layer as _, Rng, Tensor, pretrained};

/// Converts to a tensor, which is a view if its axes are permuted.
pub(super) fn tensor(of: &Array) -> Result<Tensor> {
    let whole = Tensor::from_vec(of.data.0.clone(), &of.shape)?;
    Ok(if of.axes.is_empty() { whole } else { whole.permute(&of.axes)? })
}

pub(super) fn array(tensor: &Tensor) -> Array {
    let (shape, data) = (tensor.shape().to_vec(), Floats(tensor.to_vec()));
    Array { shape, data, axes: Vec::new() }
}

pub(super) fn config(sizes: Sizes) -> GptConfig {
    let Sizes { vocab_size, max_seq_len, d_model, n_heads, n_layers } = sizes;
    GptConfig { vocab_size, max_seq_len, d_model, n_heads, n_layers }
}

pub(super) fn gpt(model: Model) -> Result<Gpt> {
    let Model::Drawn(sizes, seed) = model else { return Ok(pretrained::gpt()?) };
    let mut gpt = Gpt::new(config(sizes), &mut Rng::new(0))?;
    let weights = contract::parameters(sizes).into_iter().zip(contract::drawn(sizes, seed));
    let tensors = weights.map(|((name, shape), data)| Ok((name, Tensor::from_vec(data, &shape)?)));
    let tensors = tensors.collect::<Result<HashMap<_, _>>>()?;
    // The foundation's `load_parameters` takes a table of all methods of a layer. The call audit could not tell that
    // from a constant of a student's that holds the address of one.
    for (name, parameter) in gpt.parameters_mut() {
        parameter.clone_from(&tensors[&name]);
    }
    Ok(gpt)
}

/// The result of a call; an error is a valid result.
pub(super) fn saw(result: Result<Saw>) -> Saw {
    result.unwrap_or_else(|error| Saw::Refused(refusal(&error)))
}

pub(super) fn refusal(error: &CacheError) -> StudentError {
    StudentError::of(error)
}

/// A call that gives nothing, and the bytes that were allocated for it.
pub(super) fn counted(meter: &Meter, call: impl FnOnce() -> Result<()>) -> Result<Saw> {
    meter.of(call).map(|((), allocated)| Saw::Done { allocated })
}

/// Passes keys and values to `put`, and counts the bytes that it allocates.
pub(super) fn put(
    meter: &Meter,
    k: &Array,
    v: &Array,
    put: impl FnOnce(&Tensor, &Tensor) -> Result<()>,
) -> Result<Saw> {
    let (k, v) = (tensor(k)?, tensor(v)?);
    counted(meter, || put(&k, &v))
}

/// All that a view shows of a cache with this room.
pub(super) fn seen<'a>(
    meter: &Meter,
    room: Room,
    get: impl FnOnce() -> Result<KvView<'a>>,
) -> Result<Saw> {
    rows(meter, get, room.batch.unwrap_or(1), room.n_heads).map(Saw::Rows)
}

/// The contents of a view, for `batch` sequences and `heads` heads.
pub(super) fn rows<'a>(
    meter: &Meter,
    get: impl FnOnce() -> Result<KvView<'a>>,
    batch: usize,
    heads: usize,
) -> Result<Rows> {
    let pairs = || (0..batch).flat_map(|b| (0..heads).map(move |h| (b, h)));
    let (view, allocated) = meter.of(|| {
        let view = get()?;
        for (b, h) in pairs() {
            let _ = (view.keys(b, h), view.values(b, h));
        }
        Ok::<_, CacheError>(view)
    })?;
    Ok(Rows {
        len: view.len(),
        keys: pairs().map(|(b, h)| Floats(view.keys(b, h).concat())).collect(),
        values: pairs().map(|(b, h)| Floats(view.values(b, h).concat())).collect(),
        allocated,
    })
}
