//! Accuracy against sparsity.

use crate::data::{Exam, Measured, sums_right, tuning};
use crate::plot::{Axes, COLOURS, Line, Outcome, lines, panels};
use crate::unfinished;
use compression::{
    ModelMasks, Scope, apply_masks, fine_tune_pruned, prune_filters, prune_model, prune_neurons,
};
use plotters::prelude::SeriesLabelPosition;
use tinytorch::{Layer, Rng, pretrained};

const SPARSITIES: [f64; 8] = [0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98];
/// Of whole neurons and filters.
const SHARES: [f64; 6] = [0.0, 0.25, 0.5, 0.625, 0.75, 0.875];
/// The GPT breaks much earlier.
const GPT_SPARSITIES: [f64; 8] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];

/// Accuracy in percent by sparsity in percent, before and after fine-tuning.
type Curve = Vec<(f64, f64)>;

pub(crate) fn run(path: &str) -> Outcome {
    let (rows, images) = (Exam::rows()?, Exam::images()?);
    let mlp = || Ok(pretrained::mlp()?);
    let cnn = || Ok(pretrained::cnn()?);
    let mut mlp_lines = unstructured(mlp, &rows);
    mlp_lines.extend(whole("neurons", mlp, |mlp, share| Ok(prune_neurons(mlp, share)?), &rows));
    let mut cnn_lines = unstructured(cnn, &images);
    cnn_lines.extend(whole("filters", cnn, |cnn, share| Ok(prune_filters(cnn, share)?), &images));
    let tables = [
        ("MLP: digits read", 1.0, mlp_lines),
        ("CNN: digits read", 1.0, cnn_lines),
        ("GPT: sums without an error", 0.7, gpt()),
    ];
    for (title, _, lines) in &tables {
        print(title, lines);
    }
    let panels = panels(path, (1500, 480), (1, 3))?;
    for (panel, (title, end, all)) in panels.iter().zip(&tables) {
        let meanings = ["% of the weights removed", "% right (validation)"];
        let axes = Axes {
            title,
            meanings,
            across: 0.0..100.0 * end,
            up: 0.0..103.0,
            legend: SeriesLabelPosition::LowerLeft,
        };
        lines(panel, &axes, all)?;
    }
    panels[0].present()?;
    println!("Drawn: {path}");
    Ok(())
}

/// Least weights and random ones, before and after fine-tuning.
fn unstructured<M: Layer>(load: impl Fn() -> Measured<M>, exam: &Exam) -> Vec<Line> {
    let masked = |of: &dyn Fn(&M, f64) -> compression::Result<ModelMasks>| {
        curve(&SPARSITIES, |sparsity| {
            let mut model = load()?;
            let masks = of(&model, sparsity)?;
            apply_masks(&mut model, &masks)?;
            Ok((sparsity, exam.accuracy(&model)?))
        })
    };
    let tuned = || {
        curve(&SPARSITIES, |sparsity| {
            let mut model = load()?;
            fine_tune_pruned(&mut model, &exam.train, tuning(sparsity))?;
            Ok((sparsity, exam.accuracy(&model)?))
        })
    };
    let random = |model: &M, sparsity| ModelMasks::random(model, sparsity, &mut Rng::new(1));
    let curves = [
        (
            "least weights",
            0,
            true,
            masked(&|model, share| prune_model(model, share, Scope::Global)),
        ),
        ("least weights, tuned", 0, false, tuned()),
        ("least of each layer", 5, true, {
            masked(&|model, share| prune_model(model, share, Scope::PerLayer))
        }),
        ("random weights", 6, true, masked(&random)),
    ];
    curves
        .into_iter()
        .filter_map(|(name, colour, is_thin, points)| {
            Some(Line { name: name.to_owned(), colour: COLOURS[colour], is_thin, points: points? })
        })
        .collect()
}

/// Whole neurons or filters. Sparsity is the share of weights that the smaller model lacks.
fn whole<M: Layer>(
    what: &str,
    load: impl Fn() -> Measured<M>,
    prune: impl Fn(&M, f64) -> Measured<M>,
    exam: &Exam,
) -> Vec<Line> {
    let weights = |model: &M| -> usize {
        compression::weights(model).iter().map(|(_, weight)| weight.len()).sum()
    };
    let smaller = |share: f64, is_tuned: bool| -> Measured<(f64, f64)> {
        let model = load()?;
        let mut small = prune(&model, share)?;
        if is_tuned {
            fine_tune_pruned(&mut small, &exam.train, tuning(0.0))?;
        }
        let removed = 1.0 - weights(&small) as f64 / weights(&model) as f64;
        Ok((removed, exam.accuracy(&small)?))
    };
    let mut lines = Vec::new();
    for (name, is_tuned) in [(what.to_owned(), false), (format!("{what}, tuned"), true)] {
        if let Some(points) = curve(&SHARES, |share| smaller(share, is_tuned)) {
            lines.push(Line { name, colour: COLOURS[1], is_thin: !is_tuned, points });
        }
    }
    lines
}

/// The GPT, without fine-tuning: that takes minutes.
fn gpt() -> Vec<Line> {
    let scopes = [("least weights", 0, Scope::Global), ("least of each layer", 5, Scope::PerLayer)];
    let mut lines = Vec::new();
    for (name, colour, scope) in scopes {
        let points = curve(&GPT_SPARSITIES, |sparsity| {
            let mut gpt = pretrained::gpt()?;
            let masks = prune_model(&gpt, sparsity, scope)?;
            apply_masks(&mut gpt, &masks)?;
            Ok((sparsity, sums_right(&gpt)?))
        });
        if let Some(points) = points {
            let name = name.to_owned();
            lines.push(Line { name, colour: COLOURS[colour], is_thin: true, points });
        }
    }
    lines
}

/// The points of a curve in percent, unless a task is missing.
fn curve(at: &[f64], point: impl Fn(f64) -> Measured<(f64, f64)>) -> Option<Curve> {
    let points = unfinished::skip("a curve", || at.iter().map(|x| point(*x)).collect());
    let points: Measured<Curve> = points?;
    match points {
        Ok(points) => Some(points.iter().map(|(x, y)| (100.0 * x, 100.0 * y)).collect()),
        Err(error) => {
            println!("left out: {error}");
            None
        }
    }
}

fn print(title: &str, lines: &[Line]) {
    println!("{title}, % right at % removed:");
    for line in lines {
        let points: Vec<String> =
            line.points.iter().map(|(x, y)| format!("{y:.1} at {x:.0}")).collect();
        println!("  {:<22} {}", line.name, points.join(", "));
    }
}
