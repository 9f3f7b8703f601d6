//! A block: attention, then the MLP, each added to its input.

use tinytorch::models::Gpt;
use tinytorch::{Layer, Result};

use super::canvas::Canvas;
use super::sheets;
use super::trace::ForwardTrace;
use super::units;

const WIDTH: f64 = 440.0;
/// X position of the residual stream.
const STREAM: f64 = 26.0;
/// Left edge and width of the branches.
pub(super) const LEFT: f64 = 56.0;
pub(super) const SPAN: f64 = 208.0;
/// Left edge of the notes.
pub(super) const NOTES: f64 = 280.0;

/// A block being drawn, from top to bottom.
pub(super) struct BlockDrawing<'a> {
    pub(super) canvas: Canvas,
    pub(super) trace: &'a ForwardTrace,
    /// Prefix of the step names: `blocks.0.`.
    pub(super) prefix: &'static str,
    pub(super) heads: usize,
    pub(super) y: f64,
    /// Y positions of the additions to the stream.
    additions: Vec<f64>,
}

pub(crate) fn draw(gpt: &Gpt, trace: &ForwardTrace) -> Result<String> {
    let heads = gpt.config().n_heads;
    let canvas = Canvas::new(WIDTH);
    let mut drawing =
        BlockDrawing { canvas, trace, prefix: "blocks.0.", heads, y: 0.0, additions: vec![] };
    drawing.head();
    let top = drawing.y;
    drawing.weight("ln1", "normalize each row", "ln1");
    drawing.attention()?;
    drawing.weight("output", "linear, [D, D]", "output");
    drawing.residual("x1");
    drawing.mlp();
    drawing.residual("x2");
    let bottom = drawing.y + 20.0;
    drawing.stream(top, bottom);
    let y = drawing.total(gpt, bottom + 8.0);
    let title = "Inside a block: normalization, attention in heads, residual addition, MLP";
    Ok(drawing.canvas.finish(y, title))
}

impl BlockDrawing<'_> {
    fn head(&mut self) {
        let canvas = &mut self.canvas;
        canvas.heading((16.0, 28.0), 17.0, "Inside a block");
        let text = "drawn for one of the B sequences; a row of a sheet is a token";
        canvas.text((16.0, 47.0), 12.5, "muted", text);
        canvas.text((16.0, 69.0), 12.0, "muted", "columns of");
        for head in 0..self.heads.min(6) {
            let x = 92.0 + 70.0 * head as f64;
            canvas.rounded((x, 59.0), (12.0, 12.0), 2.0, &sheets::class_of(head));
            canvas.text((x + 16.0, 69.0), 12.0, "muted", &format!("head {head}"));
        }
        canvas.heading((STREAM - 10.0, 98.0), 13.0, "x");
        self.y = 104.0;
        self.note("embedded", self.y - 6.0, "");
    }

    /// Writes the shape, size and work of a step on the right.
    pub(super) fn note(&mut self, name: &str, y: f64, more: &str) {
        let full = if name == "embedded" { name.to_string() } else { self.name(name) };
        let step = self.trace.step(&full);
        self.canvas.heading((NOTES, y), 13.0, &step.label());
        self.canvas.text((NOTES, y + 15.0), 11.0, "muted", &step.size());
        let mut below = y + 30.0;
        if step.flops > 0 {
            self.canvas.text((NOTES, below), 11.5, "work", &units::flops(step.flops));
            below += 15.0;
        }
        self.canvas.text((NOTES, below), 11.5, "muted", more);
    }

    pub(super) fn name(&self, part: &str) -> String {
        format!("{}{part}", self.prefix)
    }

    /// An arrow down from the box or sheet above, whose middle is `x`.
    pub(super) fn down(&mut self, x: f64, length: f64) {
        let y = self.y;
        self.canvas.arrow(&[(x, y), (x, y + length)], "line", "tip");
    }

    /// A layer with parameters, and its output.
    pub(super) fn weight(&mut self, title: &str, detail: &str, step: &str) {
        let middle = LEFT + SPAN / 2.0;
        if matches!(title, "ln1" | "ln2") {
            let (turn, y) = (self.y + 12.0, self.y + 26.0);
            self.canvas.arrow(&[(STREAM, turn), (middle, turn), (middle, y)], "line", "tip");
        } else {
            self.down(middle, 26.0);
        }
        self.y += 26.0;
        self.canvas.rounded((LEFT, self.y), (SPAN, 30.0), 6.0, "weight");
        self.canvas.heading((LEFT + 10.0, self.y + 20.0), 13.0, title);
        self.canvas.text((LEFT + 68.0, self.y + 20.0), 12.0, "muted", detail);
        self.note(step, self.y + 6.0, "");
        self.y += 30.0;
    }

    /// The addition to the residual stream.
    fn residual(&mut self, step: &str) {
        let middle = LEFT + SPAN / 2.0;
        let y = self.y + 30.0;
        self.canvas.arrow(&[(middle, self.y), (middle, y), (STREAM + 10.0, y)], "line", "tip");
        self.additions.push(y);
        self.canvas.text((STREAM + 24.0, y + 17.0), 12.0, "muted", "added to what came in");
        self.note(step, y + 2.0, "");
        self.y = y + 18.0;
    }

    fn mlp(&mut self) {
        self.weight("ln2", "normalize each row", "ln2");
        self.weight("fc1", "linear, [D, 4D]", "fc1");
        self.down(LEFT + SPAN / 2.0, 22.0);
        self.y += 22.0;
        self.canvas.rounded((LEFT, self.y), (SPAN, 30.0), 6.0, "box");
        self.canvas.heading((LEFT + 10.0, self.y + 20.0), 13.0, "GELU");
        self.canvas.text((LEFT + 68.0, self.y + 20.0), 12.0, "muted", "each number by itself");
        self.note("gelu", self.y + 12.0, "");
        self.y += 30.0;
        self.weight("fc2", "linear, [4D, D]", "fc2");
    }

    /// The stream itself, on top of everything else, with its two additions.
    fn stream(&mut self, top: f64, bottom: f64) {
        self.canvas.arrow(&[(STREAM, top), (STREAM, bottom)], "stream", "arrow");
        for y in &self.additions {
            self.canvas.plus((STREAM, *y));
        }
    }

    fn total(&mut self, gpt: &Gpt, y: f64) -> f64 {
        let block = &gpt.blocks()[0];
        let parameters: usize = block.parameters().iter().map(|(_, tensor)| tensor.len()).sum();
        let canvas = &mut self.canvas;
        canvas.text((16.0, y + 14.0), 12.0, "ink", "to the next block");
        canvas.path(&[(16.0, y + 28.0), (WIDTH - 16.0, y + 28.0)], "grid");
        canvas.heading((16.0, y + 50.0), 13.0, "One block");
        let text = format!("{} parameters", units::count(parameters));
        canvas.text((110.0, y + 50.0), 12.5, "ink", &text);
        let work = units::flops(self.trace.flops(self.prefix));
        canvas.text((NOTES, y + 50.0), 12.5, "work", &work);
        y + 66.0
    }
}
