//! The memory of a training step, measured with the counting allocator.

use tinytorch::alloc::{counters, raise_peak, reset_peak};
use tinytorch::models::Gpt;
use tinytorch::nn::TransformerBlock;
use tinytorch::{Layer, Result, Rng, Tensor, layer};

use super::canvas::Canvas;

const WIDTH: f64 = 440.0;
const LEFT: f64 = 16.0;
/// Left edge of the bars, and the length of the longest one.
const BARS: f64 = 216.0;
const LONGEST: f64 = 130.0;

const MIB: f64 = 1_048_576.0;

/// A bar: its label, and bytes.
type MemoryBar = (&'static str, usize);

pub(crate) fn draw(gpt: &Gpt, ids: &[Vec<usize>]) -> Result<String> {
    let mut tracked = gpt.clone();
    layer::track(&mut tracked);
    let block = kept_by_block(&tracked.blocks()[0], ids.len(), ids[0].len())?;
    let whole = whole(gpt, &tracked, ids)?;
    let mut canvas = Canvas::new(WIDTH);
    canvas.heading((LEFT, 28.0), 17.0, "What a training step keeps");
    let text = format!("measured with {} sequences of {} tokens", ids.len(), ids[0].len());
    canvas.text((LEFT, 47.0), 12.5, "muted", &text);
    canvas.heading((LEFT, 76.0), 13.0, "One block: stays until the backward pass");
    let y = bars(&mut canvas, &block, "hot", 84.0);
    canvas.heading((LEFT, y + 28.0), 13.0, "The whole model");
    let y = bars(&mut canvas, &whole, "params", y + 36.0);
    let title = "Memory of a training step: per layer of a block, and of the whole model";
    Ok(canvas.finish(y + 18.0, title))
}

fn bars(canvas: &mut Canvas, rows: &[MemoryBar], class: &str, mut y: f64) -> f64 {
    let most = rows.iter().map(|(_, bytes)| *bytes).max().unwrap_or(1).max(1) as f64;
    for (name, bytes) in rows {
        canvas.text((LEFT, y + 14.0), 12.5, "ink", name);
        let length = (LONGEST * *bytes as f64 / most).max(1.0);
        canvas.rounded((BARS, y + 4.0), (length, 12.0), 1.0, class);
        let text = format!("{:.1} MiB", *bytes as f64 / MIB);
        canvas.text((BARS + length + 6.0, y + 14.0), 12.0, "muted", &text);
        y += 21.0;
    }
    y
}

/// The memory still allocated after each layer of a block, once its input is dropped as the
/// block does.
fn kept_by_block(block: &TransformerBlock, batch: usize, tokens: usize) -> Result<Vec<MemoryBar>> {
    let shape = [batch, tokens, block.ln1().dim()];
    let x = Tensor::randn(&shape, 1.0, &mut Rng::new(6)).requires_grad();
    let mut live = counters().live_bytes;
    let mut rows = Vec::new();
    let mut note = |name| {
        let now = counters().live_bytes;
        rows.push((name, now.saturating_sub(live)));
        live = now;
    };
    let normed = block.ln1().forward(&x)?;
    note("ln1");
    let attended = Layer::forward(block.attn(), &normed)?;
    drop(normed);
    let x1 = x.add(&attended)?;
    drop(attended);
    note("attention, added");
    let normed = block.ln2().forward(&x1)?;
    note("ln2");
    let wide = block.fc1().forward(&normed)?;
    drop(normed);
    note("fc1");
    let active = wide.gelu();
    drop(wide);
    note("GELU");
    let narrow = block.fc2().forward(&active)?;
    drop(active);
    let x2 = x1.add(&narrow)?;
    drop((narrow, x1));
    note("fc2, added");
    drop(x2);
    Ok(rows)
}

/// Peaks and kept memory of a forward and a backward pass.
fn whole(gpt: &Gpt, tracked: &Gpt, ids: &[Vec<usize>]) -> Result<Vec<MemoryBar>> {
    let parameters = gpt.parameters().iter().map(|(_, tensor)| tensor.nbytes()).sum();
    let start = counters().live_bytes;
    let outer = reset_peak();
    drop(gpt.forward_ids(ids)?);
    let alone = counters().peak_bytes - start;

    let scores = tracked.forward_ids(ids)?;
    let kept = counters().live_bytes - start;
    let seed = Tensor::ones(scores.shape());
    reset_peak();
    let gradients = scores.backward_from(&seed)?;
    let peak = counters().peak_bytes - start;
    raise_peak(outer);
    let all = tracked.parameters();
    let found = all.iter().filter_map(|(_, leaf)| gradients.get(leaf));
    let gradients = found.map(Tensor::nbytes).sum();
    Ok(vec![
        ("parameters", parameters),
        ("use: forward, at its peak", alone),
        ("training: kept by forward", kept),
        ("training: backward's peak", peak),
        ("gradients", gradients),
    ])
}
