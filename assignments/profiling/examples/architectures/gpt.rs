//! The transformer, layer by layer, in the span profiler.

use profiling::{FlopCounter, PerformanceProfiler, SpanReport};
use std::error::Error;
use tinytorch::models::Gpt;
use tinytorch::nn::TransformerBlock;
use tinytorch::{Layer, Result, Tensor};

/// Number of forward passes.
const PASSES: usize = 50;

/// The spans of one forward pass: their paths, and the kinds of their layers. The model's time
/// includes residual additions, but they are not layers.
const KINDS: [(&str, &str); 9] = [
    ("forward/embed", "embed"),
    ("forward/block/norm", "norm"),
    ("forward/block/attention", "attention"),
    ("forward/block/fc1", "fc1"),
    ("forward/block/gelu", "gelu"),
    ("forward/block/fc2", "fc2"),
    ("forward/block/add", "add"),
    ("forward/norm", "last norm"),
    ("forward/head", "head"),
];

/// A kind of layer, summed over all blocks and passes.
pub(crate) struct Kind {
    pub(crate) name: String,
    /// Own time.
    pub(crate) seconds: f64,
    pub(crate) flops: u64,
}

/// Time and FLOPs by kind of layer.
pub(crate) struct Breakdown {
    pub(crate) spans: SpanReport,
    pub(crate) kinds: Vec<Kind>,
}

impl Breakdown {
    /// A kind's fraction of all FLOPs.
    pub(crate) fn flop_share(&self, name: &str) -> f64 {
        let total: u64 = self.kinds.iter().map(|kind| kind.flops).sum();
        let flops: u64 =
            self.kinds.iter().filter(|kind| kind.name == name).map(|kind| kind.flops).sum();
        flops as f64 / total as f64
    }

    /// A kind's fraction of all time.
    pub(crate) fn time_share(&self, name: &str) -> f64 {
        let total: f64 = self.kinds.iter().map(|kind| kind.seconds).sum();
        let seconds: f64 =
            self.kinds.iter().filter(|kind| kind.name == name).map(|kind| kind.seconds).sum();
        seconds / total
    }
}

/// Runs the model [`PASSES`] times, with a span per layer.
pub(crate) fn breakdown(
    gpt: &Gpt,
    input: &Tensor,
) -> std::result::Result<Breakdown, Box<dyn Error>> {
    let ids = rows(input);
    check(gpt, &ids)?;
    let mut profiler = PerformanceProfiler::new();
    for _ in 0..PASSES {
        drop(profiler.span("forward", |p| forward(p, gpt, &ids))?);
    }
    let spans = profiler.report();

    let counted = FlopCounter::new().model(gpt, input.shape())?;
    let flops_of = |name: &str| {
        let layers = counted.layers.iter().filter(|layer| kind_of(&layer.name) == name);
        layers.map(|layer| layer.flops).sum()
    };
    let kinds = KINDS.iter().map(|&(path, name)| {
        let row = spans.rows.iter().find(|row| row.path == path);
        let seconds = row.map_or(0.0, |row| row.own_s);
        Kind { name: name.to_string(), seconds, flops: flops_of(name) }
    });
    let kinds = kinds.collect();
    Ok(Breakdown { spans, kinds })
}

/// The ids of each sequence.
fn rows(input: &Tensor) -> Vec<Vec<usize>> {
    let ids: Vec<usize> = input.to_vec().into_iter().map(|id| id as usize).collect();
    ids.chunks(input.shape()[1]).map(<[usize]>::to_vec).collect()
}

/// Run layer by layer, the model must still compute the same result.
fn check(gpt: &Gpt, ids: &[Vec<usize>]) -> std::result::Result<(), Box<dyn Error>> {
    let apart = forward(&mut PerformanceProfiler::new(), gpt, ids)?;
    if apart.allclose(&gpt.forward_ids(ids)?, 1e-5, 1e-5) {
        return Ok(());
    }
    Err("the layers one by one do not give what the model gives".into())
}

/// The kind of a layer, from its name in the model.
fn kind_of(layer: &str) -> &'static str {
    match layer.rsplit('.').next() {
        Some("tok_emb" | "pos_emb") => "embed",
        Some("ln1" | "ln2") => "norm",
        Some("attn") => "attention",
        Some("fc1") => "fc1",
        Some("gelu") => "gelu",
        Some("fc2") => "fc2",
        Some("head") => "head",
        _ => "last norm",
    }
}

fn forward(p: &mut PerformanceProfiler, gpt: &Gpt, ids: &[Vec<usize>]) -> Result<Tensor> {
    let mut hidden = p.span("embed", |_| embed(gpt, ids))?;
    for layers in gpt.blocks() {
        hidden = p.span("block", |p| block(p, layers, &hidden))?;
    }
    let normed = p.span("norm", |_| gpt.final_norm().forward(&hidden))?;
    p.span("head", |_| gpt.head().forward(&normed))
}

fn embed(gpt: &Gpt, ids: &[Vec<usize>]) -> Result<Tensor> {
    let (sequences, tokens) = (ids.len(), ids[0].len());
    let vectors = gpt.token_embedding().forward_ids(&ids.concat(), &[sequences, tokens])?;
    vectors.add(&gpt.position_embedding().weight().slice_axis(0, 0, tokens)?)
}

fn block(p: &mut PerformanceProfiler, layers: &TransformerBlock, x: &Tensor) -> Result<Tensor> {
    let normed = p.span("norm", |_| layers.ln1().forward(x))?;
    let attended = p.span("attention", |_| Layer::forward(layers.attn(), &normed))?;
    let x = p.span("add", |_| x.add(&attended))?;
    let normed = p.span("norm", |_| layers.ln2().forward(&x))?;
    let wide = p.span("fc1", |_| layers.fc1().forward(&normed))?;
    let active = p.span("gelu", |_| wide.gelu());
    let narrow = p.span("fc2", |_| layers.fc2().forward(&active))?;
    p.span("add", |_| x.add(&narrow))
}
