//! The whole model, from ids to scores.

use tinytorch::Layer;
use tinytorch::data::{DataResult, addition};
use tinytorch::models::Gpt;

use super::canvas::{Canvas, TextAlign};
use super::trace::{ForwardTrace, TraceStep};
use super::units;

const WIDTH: f64 = 440.0;
/// Left edge, center and width of the boxes.
const LEFT: f64 = 16.0;
const MIDDLE: f64 = 104.0;
const BOX: f64 = 176.0;
const HEIGHT: f64 = 40.0;
/// Distance between boxes, with space for the shape of the data between them.
const GAP: f64 = 36.0;
/// Left edges of the two columns of bars, and the length of the longest bar.
const PARAMS: f64 = 214.0;
const WORK: f64 = 330.0;
const BAR: f64 = 96.0;

/// Number of ids that are shown.
const SHOWN: usize = 8;

/// A box: a layer, or a block of layers.
struct ModelPart {
    title: String,
    detail: String,
    parameters: usize,
    flops: u64,
    /// Name of the step that it outputs.
    output: String,
}

pub(crate) fn draw(gpt: &Gpt, trace: &ForwardTrace) -> DataResult<String> {
    let mut canvas = Canvas::new(WIDTH);
    let parts = parts(gpt, trace);
    let mut y = head(&mut canvas, trace);
    y = ids(&mut canvas, trace, y)?;
    let most = LargestValues::of(&parts);
    for part in &parts {
        y = draw_part(&mut canvas, part, trace, &most, y);
    }
    y = total(&mut canvas, gpt, trace, y);
    let title = "The whole GPT: ids, embeddings, blocks, last normalization, head, scores";
    Ok(canvas.finish(y, title))
}

fn parts(gpt: &Gpt, trace: &ForwardTrace) -> Vec<ModelPart> {
    let parameters = |prefix: &str| {
        let all = gpt.parameters().into_iter();
        let own = all.filter(|(name, _)| name.starts_with(prefix));
        own.map(|(_, tensor)| tensor.len()).sum::<usize>()
    };
    let part = |prefix: &str, title: &str, detail: &str, output: &str| ModelPart {
        title: title.to_string(),
        detail: detail.to_string(),
        parameters: parameters(prefix),
        flops: trace.flops(prefix),
        output: output.to_string(),
    };
    let mut parts = vec![
        part("tok_emb", "tok_emb", "a row of [V, D] for each id", "tok_emb"),
        part("pos_emb", "+ pos_emb", "a row of [max T, D] each", "embedded"),
    ];
    for i in 0..gpt.blocks().len() {
        let (prefix, output) = (format!("blocks.{i}."), format!("blocks.{i}.x2"));
        let (title, detail) = (format!("blocks.{i}"), "attention, then MLP");
        parts.push(part(&prefix, &title, detail, &output));
    }
    parts.push(part("ln_f", "ln_f", "normalize each row", "ln_f"));
    parts.push(part("head", "head", "linear, [D, V]", "head"));
    parts
}

/// The values of the longest bars.
struct LargestValues {
    parameters: usize,
    flops: u64,
}

impl LargestValues {
    fn of(parts: &[ModelPart]) -> Self {
        let parameters = parts.iter().map(|part| part.parameters).max().unwrap_or(1);
        let flops = parts.iter().map(|part| part.flops).max().unwrap_or(1);
        Self { parameters, flops: flops.max(1) }
    }
}

/// Title, letters and colors; returns the y position where the flow begins.
fn head(canvas: &mut Canvas, trace: &ForwardTrace) -> f64 {
    canvas.heading((LEFT, 28.0), 17.0, "The whole model");
    canvas.text((LEFT, 47.0), 12.5, "muted", "one forward pass, from token ids to scores");
    let sizes = trace.sizes();
    let letters = [
        ("B", "sequences in the batch"),
        ("T", "tokens in a sequence"),
        ("V", "tokens in the vocabulary"),
        ("D", "numbers for each token"),
        ("H", "heads of an attention"),
        ("Dh", "width of a head, D / H"),
    ];
    for (i, (letter, meaning)) in letters.iter().enumerate() {
        let (x, y) = (LEFT + 212.0 * (i / 3) as f64, 72.0 + 19.0 * (i % 3) as f64);
        canvas.heading((x, y), 13.0, letter);
        canvas.aligned((x + 46.0, y), 13.0, "ink", TextAlign::End, &sizes.of(letter).to_string());
        canvas.text((x + 54.0, y), 12.0, "muted", meaning);
    }
    let y = 128.0;
    canvas.rounded((LEFT, y), (16.0, 12.0), 3.0, "weight");
    canvas.text((LEFT + 22.0, y + 10.5), 12.0, "muted", "learned parameters");
    canvas.rounded((LEFT + 212.0, y), (16.0, 12.0), 3.0, "tensor");
    canvas.text((LEFT + 234.0, y + 10.5), 12.0, "muted", "what flows through");
    canvas.path(&[(LEFT, 152.0), (WIDTH - LEFT, 152.0)], "grid");
    canvas.heading((PARAMS, 172.0), 12.5, "parameters");
    canvas.heading((WORK, 172.0), 12.5, "work, FLOPs");
    158.0
}

/// The ids: the first ones of the first sequence, one square each, under their
/// characters.
fn ids(canvas: &mut Canvas, trace: &ForwardTrace, y: f64) -> DataResult<f64> {
    let step = trace.step("ids");
    let tokenizer = addition::tokenizer();
    for (i, id) in step.tensor.to_vec().iter().take(SHOWN).enumerate() {
        let x = LEFT + 20.0 * i as f64;
        let text = tokenizer.decode(&[*id as usize])?;
        canvas.aligned((x + 9.0, y + 14.0), 12.5, "mono ink", TextAlign::Middle, &text);
        canvas.rounded((x, y + 22.0), (18.0, 20.0), 3.0, "tensor");
        canvas.aligned((x + 9.0, y + 36.0), 10.5, "ink", TextAlign::Middle, &id.to_string());
    }
    canvas.text((LEFT + 20.0 * SHOWN as f64 + 2.0, y + 37.0), 13.0, "ink", "...");
    Ok(flow(canvas, step, y + 42.0))
}

/// The arrow down from `y`, with the shape of the data.
fn flow(canvas: &mut Canvas, step: &TraceStep, y: f64) -> f64 {
    canvas.arrow(&[(MIDDLE, y), (MIDDLE, y + GAP)], "stream", "arrow");
    let at = (MIDDLE + 12.0, y + 22.0);
    canvas.heading(at, 13.0, &step.label());
    // Ids are not f32: showing their bytes would be misleading.
    let size = if step.name == "ids" { step.numbers() } else { step.size() };
    canvas.text((at.0 + 76.0, at.1), 12.0, "muted", &size);
    y + GAP
}

fn draw_part(
    canvas: &mut Canvas,
    part: &ModelPart,
    trace: &ForwardTrace,
    most: &LargestValues,
    y: f64,
) -> f64 {
    canvas.rounded((LEFT, y), (BOX, HEIGHT), 6.0, "weight");
    canvas.heading((LEFT + 10.0, y + 17.0), 13.0, &part.title);
    canvas.text((LEFT + 10.0, y + 32.0), 11.0, "muted", &part.detail);
    let parameters = part.parameters as f64 / most.parameters as f64;
    bar(canvas, (PARAMS, y), parameters, "params", &units::count(part.parameters));
    let flops = if part.flops == 0 { "look-up" } else { &units::flops(part.flops) };
    let flops = if part.title == "ln_f" { "not counted" } else { flops };
    bar(canvas, (WORK, y), part.flops as f64 / most.flops as f64, "work", flops);
    flow(canvas, trace.step(&part.output), y + HEIGHT)
}

fn bar(canvas: &mut Canvas, (x, y): (f64, f64), fraction: f64, class: &str, label: &str) {
    canvas.text((x, y + 14.0), 12.0, "ink", label);
    if fraction > 0.0 {
        canvas.rounded((x, y + 22.0), ((BAR * fraction).max(1.0), 10.0), 1.0, class);
    }
}

fn total(canvas: &mut Canvas, gpt: &Gpt, trace: &ForwardTrace, y: f64) -> f64 {
    canvas.aligned(
        (MIDDLE, y + 14.0),
        12.5,
        "ink",
        TextAlign::Middle,
        "a score for each next token",
    );
    canvas.path(&[(LEFT, y + 28.0), (WIDTH - LEFT, y + 28.0)], "grid");
    let parameters: Vec<_> = gpt.parameters();
    let count: usize = parameters.iter().map(|(_, tensor)| tensor.len()).sum();
    let bytes: usize = parameters.iter().map(|(_, tensor)| tensor.nbytes()).sum();
    canvas.heading((LEFT, y + 50.0), 13.0, "Together");
    canvas.heading((PARAMS, y + 50.0), 13.0, &units::count(count));
    canvas.heading((WORK, y + 50.0), 13.0, &units::flops(trace.flops("")));
    canvas.text((PARAMS, y + 66.0), 12.0, "muted", &units::bytes(bytes));
    let tokens = trace.sizes().batch * trace.sizes().tokens;
    let text = format!("for {} tokens", units::count(tokens));
    canvas.text((WORK, y + 66.0), 12.0, "muted", &text);
    y + 80.0
}
