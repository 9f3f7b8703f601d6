//! One more token of a GPT that has seen T - 1: with keys and values kept, without,
//! and what reading the bytes alone takes.

#[cfg(feature = "frameworks")]
mod candle;
mod floor;
mod ours;

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use tinytorch::Rng;
use tinytorch::models::{Gpt, GptConfig};

use super::Options;
use super::contender::{Contender, REFERENCE_SCRIPT};
use super::field::Field;
use super::subject::Subject;
use crate::agree;
use crate::exchange::{self, Array, Arrays};

pub use floor::bytes;

/// The course's own.
pub const CACHED: &str = "cached";
/// The whole context again for each token, by tinytorch.
pub const RECOMPUTE: &str = "recompute";
/// Reads as many bytes as a token cannot do without.
pub const FLOOR: &str = "bytes floor";

/// Everyone, ours first.
pub const CONTENDERS: [Contender; 5] = [
    Contender::new(CACHED, "cached"),
    Contender::new(RECOMPUTE, "recompute"),
    Contender::new("candle", "candle-decode"),
    Contender::python("PyTorch", "torch", REFERENCE_SCRIPT),
    Contender::new(FLOOR, "floor"),
];

/// One length of the context.
#[derive(Clone, Debug, Serialize)]
pub struct Decode {
    /// Tokens in the context, the new one included.
    pub tokens: usize,
    /// Bytes that have to be read for it: weights, keys and values.
    pub bytes: usize,
    /// What was measured.
    pub field: Field,
}

/// The subject of that name, if it is one of these.
pub fn make(worker: &str, arrays: &Arrays) -> Option<Result<Box<dyn Subject>>> {
    Some(match worker {
        "cached" => ours::cached(arrays),
        "recompute" => ours::recompute(arrays),
        #[cfg(feature = "frameworks")]
        "candle-decode" => candle::Candle::load(arrays).map(|it| Box::new(it) as Box<_>),
        "floor" => floor::Floor::load(arrays).map(|it| Box::new(it) as Box<_>),
        _ => return None,
    })
}

/// The sizes of the model: those of the course's table of goals, with the
/// vocabulary of its trained GPT.
pub fn config(max_seq_len: usize) -> GptConfig {
    GptConfig { vocab_size: 13, max_seq_len, d_model: 128, n_heads: 4, n_layers: 4 }
}

/// Measures everyone at one length.
pub fn measure(tokens: usize, file: &Path, options: &Options) -> Result<Decode> {
    eprintln!("decode at {tokens} tokens");
    let longest = options.contexts.iter().copied().max().unwrap_or(tokens);
    let problem = problem(&config(longest), tokens)?;
    exchange::save(file, &problem)?;
    let expected = ours::recompute(&problem)?.output()?;
    let settings = (options.python.as_path(), options.plan);
    let field = Field::measure(&CONTENDERS, file, settings, |contender, logits| {
        if contender.name == FLOOR {
            return floor::check(logits);
        }
        let logits = Arrays::from([("output".to_string(), logits.clone())]);
        Ok(agree::compare(&expected, &logits)?.difference)
    })?;
    Ok(Decode { tokens, bytes: bytes(&problem)?, field })
}

/// Random weights (`param.` and their name), `config`, and `input`: so many ids.
pub fn problem(config: &GptConfig, tokens: usize) -> Result<Arrays> {
    let mut rng = Rng::new(19);
    let gpt = Gpt::new(config.clone(), &mut rng)?;
    let mut arrays = Arrays::new();
    for (name, parameter) in tinytorch::Layer::parameters(&gpt) {
        // Biases start at 0 and normalizations at 1, which would hide a mix-up.
        let values = parameter.to_vec().into_iter().map(|v| v + 0.02 * rng.normal() as f32);
        let array = Array::floats(parameter.shape(), values.collect());
        arrays.insert(format!("param.{name}"), array);
    }
    let GptConfig { vocab_size, max_seq_len, d_model, n_heads, n_layers } = *config;
    let sizes = [vocab_size, max_seq_len, d_model, n_heads, n_layers];
    arrays.insert("config".to_string(), Array::ids(&[5], &sizes));
    let ids: Vec<_> = (0..tokens).map(|_| rng.below(vocab_size)).collect();
    arrays.insert("input".to_string(), Array::ids(&[tokens], &ids));
    Ok(arrays)
}

/// The sizes of a problem's model, and its ids: some that were there before, one new.
fn parts(arrays: &Arrays) -> Result<(GptConfig, Vec<usize>, usize)> {
    let sizes = arrays.get("config").context("no `config`")?.to_ids()?;
    ensure!(sizes.len() == 5, "`config` must hold 5 sizes");
    let config = GptConfig {
        vocab_size: sizes[0],
        max_seq_len: sizes[1],
        d_model: sizes[2],
        n_heads: sizes[3],
        n_layers: sizes[4],
    };
    let mut ids = arrays.get("input").context("no `input`")?.to_ids()?;
    let last = ids.pop().context("no ids")?;
    ensure!(!ids.is_empty(), "there must be a token before the new one");
    Ok((config, ids, last))
}
