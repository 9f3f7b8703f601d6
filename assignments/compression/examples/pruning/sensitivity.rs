//! Which layer suffers most.

use crate::data::{Exam, sums_right};
use crate::plot::{Axes, COLOURS, Line, Outcome, lines, panels};
use compression::{CompressionError, LayerSensitivity, sensitivity};
use plotters::prelude::SeriesLabelPosition;
use std::error::Error;
use tinytorch::{TensorError, pretrained};

const SPARSITIES: [f64; 7] = [0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98];
/// The GPT takes a second for each point: fewer of them.
const GPT_SPARSITIES: [f64; 4] = [0.0, 0.5, 0.8, 0.95];
/// The GPT's layers in the picture: those that suffer most.
const SHOWN: usize = 6;

pub(crate) fn run(path: &str) -> Outcome {
    let (rows, images) = (Exam::rows()?, Exam::images()?);
    let mlp = sensitivity(&mut pretrained::mlp()?, &SPARSITIES, |mlp| score(rows.accuracy(mlp)))?;
    let cnn = sensitivity(&mut pretrained::cnn()?, &SPARSITIES, |cnn| score(images.accuracy(cnn)))?;
    let mut gpt =
        sensitivity(&mut pretrained::gpt()?, &GPT_SPARSITIES, |gpt| score(sums_right(gpt)))?;
    gpt.sort_by(|a, b| sum(a).total_cmp(&sum(b)));
    let tables = [("MLP", mlp), ("CNN", cnn), ("GPT", gpt)];
    let panels = panels(path, (1500, 480), (1, 3))?;
    for (panel, (model, layers)) in panels.iter().zip(&tables) {
        println!("{model}, % right when one weight alone is pruned:");
        for layer in layers {
            let points: Vec<String> = points(layer)
                .iter()
                .map(|(sparsity, right)| format!("{right:.1} at {sparsity:.0}"))
                .collect();
            println!("  {:<28} {}", layer.name, points.join(", "));
        }
        let shown = layers.iter().take(SHOWN).zip(COLOURS);
        let all: Vec<Line> = shown
            .map(|(layer, colour)| Line {
                name: layer.name.clone(),
                colour,
                is_thin: false,
                points: points(layer),
            })
            .collect();
        let title = if layers.len() > SHOWN {
            format!("{model}, the {SHOWN} weights that suffer most")
        } else {
            format!("{model}, each weight")
        };
        let meanings = ["% of this weight removed", "% right (validation)"];
        let axes = Axes {
            title: &title,
            meanings,
            across: 0.0..100.0,
            up: 0.0..103.0,
            legend: SeriesLabelPosition::LowerLeft,
        };
        lines(panel, &axes, &all)?;
    }
    panels[0].present()?;
    println!("Drawn: {path}");
    Ok(())
}

fn points(layer: &LayerSensitivity) -> Vec<(f64, f64)> {
    layer.options.iter().map(|option| (100.0 * option.sparsity, 100.0 * option.score)).collect()
}

fn sum(layer: &LayerSensitivity) -> f64 {
    layer.options.iter().map(|option| option.score).sum()
}

fn score(measured: Result<f64, Box<dyn Error>>) -> compression::Result<f64> {
    measured.map_err(|error| {
        let reason = error.to_string();
        CompressionError::Tensor(TensorError::InvalidConfig { op: "score", reason })
    })
}
