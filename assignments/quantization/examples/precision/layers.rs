//! How far each layer is from `f32`, as a signal-to-noise ratio.

use crate::plot::{Bar, COLOURS, Heights, Outcome, Panel, bars, legend, panels};
use crate::unfinished;
use plotters::prelude::*;
use quantization::{
    Calibration, Granularity, ObserverKind, QuantizedModel, Scheme, output_axis, quantize,
    quantize_cnn, quantize_mlp, search_params, signal_to_noise_db,
};
use std::error::Error;
use tinytorch::data::digits;
use tinytorch::nn::Sequential;
use tinytorch::{Layer, Tensor, pretrained};

/// Images for calibration, and then others to measure with.
const IMAGES: usize = 200;

type Measured<T> = Result<T, Box<dyn Error>>;
/// A name, and a ratio in decibels for each number of bits.
type ByBits = (String, Vec<(u32, f64)>);

pub(crate) fn run(path: &str) -> Outcome {
    let by_bits = unfinished::skip("weights", weights).transpose()?.unwrap_or_default();
    for (name, ratios) in &by_bits {
        let ratios = ratios.iter().map(|(bits, db)| format!("{bits} bits {db:>5.1}"));
        println!("{name:<18} {} dB", ratios.collect::<Vec<_>>().join("  "));
    }
    let outputs = unfinished::skip("outputs", outputs).transpose()?.unwrap_or_default();
    for (name, db) in &outputs {
        println!("{name:<18} output in int8 {db:>5.1} dB");
    }
    let panels = panels(path, (1100, 480), (1, 2))?;
    draw_weights(&panels[0], &by_bits)?;
    let drawn = outputs.iter().map(|(name, db)| {
        let (model, layer) = name.split_once(' ').unwrap_or(("", name));
        Bar {
            height: *db,
            range: None,
            above: format!("{db:.0}"),
            below: vec![layer.to_owned(), model.to_owned()],
            colour: if model == "MLP" { COLOURS[0] } else { COLOURS[1] },
        }
    });
    let end = outputs.iter().map(|(_, db)| *db).fold(30.0, f64::max) * 1.15;
    let title = "Output of each layer, all in int8";
    bars(
        &panels[1],
        &Heights { title, meaning: "signal to noise (dB)", end },
        &drawn.collect::<Vec<_>>(),
    )?;
    panels[0].present()?;
    println!("Drawn: {path}");
    Ok(())
}

/// Each weight of MLP and CNN, in 2 to 8 bits with searched scales.
fn weights() -> Measured<Vec<ByBits>> {
    let mut all = Vec::new();
    let (mlp, cnn) = (pretrained::mlp()?, pretrained::cnn()?);
    let models = [("MLP", mlp.parameters()), ("CNN", cnn.parameters())];
    for (model, parameters) in models {
        for (name, weight) in parameters.into_iter().filter(|(_, weight)| weight.ndim() > 1) {
            let granularity = Granularity::PerChannel { axis: output_axis(&name, weight) };
            let mut ratios = Vec::new();
            for bits in 2..=8 {
                let params = search_params(weight, Scheme::Symmetric { bits }, granularity)?;
                let rounded = quantize(weight, &params)?.dequantize()?;
                ratios.push((bits, signal_to_noise_db(weight, &rounded)?));
            }
            let layer = name.trim_end_matches(".weight");
            all.push((format!("{model} {layer}"), ratios));
        }
    }
    Ok(all)
}

/// The output of each layer of the models in integers, against the same place of the model in `f32`.
fn outputs() -> Measured<Vec<(String, f64)>> {
    let digits = digits::train()?;
    let (mlp, cnn) = (pretrained::mlp()?, pretrained::cnn()?);
    let mut all = Vec::new();
    for (model, inputs) in [("MLP", digits.flat()?), ("CNN", digits.images)] {
        let batches = [inputs.slice_axis(0, 0, IMAGES)?];
        let others = inputs.slice_axis(0, IMAGES, 2 * IMAGES)?;
        let calibration = Calibration { batches: &batches, observer: ObserverKind::MinMax };
        let (quantized, layers) = if model == "MLP" {
            (quantize_mlp(&mlp, calibration)?, mlp.layers())
        } else {
            (quantize_cnn(&cnn, calibration)?, cnn.layers())
        };
        for (at, (name, _)) in quantized.layers().iter().enumerate() {
            let part = quantized.layers()[..=at].to_vec();
            let output = QuantizedModel::new(quantized.input(), part).forward(&others)?;
            let exact = up_to(layers, name, &others)?;
            if name != "flatten" {
                all.push((format!("{model} {name}"), signal_to_noise_db(&exact, &output)?));
            }
        }
    }
    Ok(all)
}

/// What a model in `f32` gives after this layer, and after the `ReLU` that follows it.
fn up_to(layers: &Sequential, last: &str, input: &Tensor) -> Measured<Tensor> {
    let mut output = input.clone();
    let mut is_past = false;
    for (name, layer) in layers.layers() {
        if is_past && !name.starts_with("relu") {
            break;
        }
        output = layer.forward(&output)?;
        is_past |= name == last;
    }
    Ok(output)
}

fn draw_weights(panel: &Panel, all: &[ByBits]) -> Outcome {
    let mut chart = ChartBuilder::on(panel)
        .caption("Weights, by bits", ("sans-serif", 19))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d(1.8..8.2, 0.0..55.0)?;
    chart
        .configure_mesh()
        .x_desc("bits of a weight")
        .y_desc("signal to noise (dB)")
        .x_labels(7)
        .x_label_formatter(&|bits| format!("{bits:.0}"))
        .label_style(("sans-serif", 13))
        .axis_desc_style(("sans-serif", 14))
        .light_line_style(WHITE)
        .draw()?;
    let six = (2..=8).map(|bits| (f64::from(bits), 6.02 * f64::from(bits - 1)));
    chart
        .draw_series(DashedLineSeries::new(six, 6, 4, BLACK.stroke_width(1)))?
        .label("6 dB a bit")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 16, y)], BLACK));
    for ((name, ratios), colour) in all.iter().zip(COLOURS) {
        let points = ratios.iter().map(|(bits, db)| (f64::from(*bits), *db));
        chart
            .draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)))?
            .label(name.clone())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
        chart.draw_series(points.map(|at| Circle::new(at, 3, colour.filled())))?;
    }
    legend(&mut chart, SeriesLabelPosition::UpperLeft)
}
