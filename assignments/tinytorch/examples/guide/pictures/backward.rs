//! Two layers forward and backward: values down, gradients up, and the kept
//! tensors.

use tinytorch::autograd::Gradients;
use tinytorch::{Result, Tensor};

use super::canvas::{Canvas, TextAlign};
use super::saved_tensors::{self, ModelStage, NamedTensor};

const WIDTH: f64 = 440.0;
/// Left edges and widths of parameters and operations; left edge of the notes.
const PARAMETER: (f64, f64) = (16.0, 84.0);
const OPERATION: (f64, f64) = (136.0, 112.0);
const NOTES: f64 = 264.0;
const HEIGHT: f64 = 42.0;
/// Distance between two operations.
const GAP: f64 = 44.0;
/// X positions of the values (down) and the gradients (up).
const DOWN: f64 = 176.0;
const UP: f64 = 192.0;

pub(crate) fn draw() -> Result<String> {
    let (stages, gradients) = saved_tensors::stages()?;
    let mut canvas = Canvas::new(WIDTH);
    head(&mut canvas);
    let mut y = 106.0;
    between(&mut canvas, &stages[0].input, y, false);
    for stage in &stages {
        y += GAP;
        operation(&mut canvas, stage, &gradients, y);
        y += HEIGHT;
        between(&mut canvas, &stage.output, y, true);
    }
    y += GAP + 16.0;
    let text = "backward() begins here, with 1";
    canvas.aligned((184.0, y), 12.5, "ink", TextAlign::Middle, text);
    let title = "Two layers, forward and backward: values, gradients, and what is kept";
    Ok(canvas.finish(y + 16.0, title))
}

fn head(canvas: &mut Canvas) {
    canvas.heading((16.0, 28.0), 17.0, "Two layers, there and back");
    canvas.arrow(&[(22.0, 42.0), (22.0, 62.0)], "stream", "arrow");
    canvas.text((34.0, 56.0), 12.5, "muted", "values, forward");
    canvas.arrow(&[(162.0, 62.0), (162.0, 42.0)], "grad", "gradtip");
    canvas.text((174.0, 56.0), 12.5, "muted", "gradients of the loss, backward");
    let text = "An operation keeps what is written beside it in bold.";
    canvas.text((16.0, 84.0), 12.5, "muted", text);
}

/// The tensor between two operations, and its gradient on the way back.
fn between(canvas: &mut Canvas, (name, tensor): &NamedTensor, y: f64, back: bool) {
    canvas.arrow(&[(DOWN, y), (DOWN, y + GAP)], "stream", "arrow");
    if back {
        canvas.arrow(&[(UP, y + GAP), (UP, y)], "grad", "gradtip");
    }
    canvas.aligned((DOWN - 10.0, y + 26.0), 12.5, "ink", TextAlign::End, &described(name, tensor));
    let text = match *name {
        "x" => "data: no gradient is computed".to_string(),
        "loss" => "1".to_string(),
        _ => described(&format!("d {name}"), tensor),
    };
    canvas.text((UP + 12.0, y + 26.0), 12.5, "muted", &text);
}

fn described(name: &str, tensor: &Tensor) -> String {
    format!("{name} {:?}", tensor.shape())
}

fn operation(canvas: &mut Canvas, stage: &ModelStage, gradients: &Gradients, y: f64) {
    let (left, width) = OPERATION;
    canvas.rounded((left, y), (width, HEIGHT), 6.0, "box");
    let middle = (left + width / 2.0, y + 26.0);
    canvas.aligned(middle, 13.0, "ink", TextAlign::Middle, stage.operation);
    if let Some((name, tensor)) = &stage.parameter {
        let (x, wide) = PARAMETER;
        canvas.rounded((x, y), (wide, HEIGHT), 6.0, "weight");
        canvas.heading((x + 8.0, y + 17.0), 13.0, name);
        canvas.text((x + 8.0, y + 33.0), 11.5, "muted", &format!("{:?}", tensor.shape()));
        canvas.arrow(&[(x + wide, y + 13.0), (left, y + 13.0)], "stream", "arrow");
        if gradients.get(tensor).is_some_and(|gradient| gradient.shape() == tensor.shape()) {
            canvas.arrow(&[(left, y + 30.0), (x + wide, y + 30.0)], "grad", "gradtip");
        }
    }
    let keeps = match &stage.keeps[..] {
        [] => "keeps nothing".to_string(),
        names => format!("keeps {}", names.join(", ")),
    };
    canvas.heading((NOTES, y + 10.0), 12.5, &keeps);
    for (i, line) in rule(stage).iter().enumerate() {
        canvas.text((NOTES, y + 27.0 + 15.0 * i as f64), 12.0, "muted", line);
    }
}

/// How the gradients of the inputs are computed from that of the output.
fn rule(stage: &ModelStage) -> [String; 2] {
    let (input, output) = (stage.input.0, stage.output.0);
    let parameter = stage.parameter.as_ref().map_or("", |(name, _)| name);
    match stage.operation {
        "matmul" if input == "x" => {
            [format!("d {parameter} = {input}\u{1d40} \u{b7} d {output}"), String::new()]
        }
        "matmul" => [
            format!("d {parameter} = {input}\u{1d40} \u{b7} d {output}"),
            format!("d {input} = d {output} \u{b7} {parameter}\u{1d40}"),
        ],
        "add" => {
            [format!("d {parameter} = d {output}, rows added"), format!("d {input} = d {output}")]
        }
        "relu" => {
            [format!("d {input} = d {output} where {output} > 0,"), "and 0 elsewhere".to_string()]
        }
        _ => {
            [format!("d {input} = (softmax - t) / rows;"), "t is 1 for the right class".to_string()]
        }
    }
}
