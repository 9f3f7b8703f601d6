//! Activations of the trained MLP on calibration data, and the ranges that the observers choose.

use crate::plot::{COLOURS, Outcome, Panel, panels, text};
use crate::unfinished;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use quantization::{ObserverKind, QuantParams, Scheme};
use tinytorch::data::digits;
use tinytorch::{Tensor, pretrained};

/// Images for calibration, in batches.
const IMAGES: usize = 200;
const BATCH: usize = 50;
/// Bars of a histogram.
const BARS: usize = 60;

const OBSERVERS: [(&str, ObserverKind); 4] = [
    ("min-max", ObserverKind::MinMax),
    ("moving average, 0.1", ObserverKind::MovingAverage { momentum: 0.1 }),
    ("percentile 99.9", ObserverKind::Percentile { percent: 99.9 }),
    ("least squared error", ObserverKind::Histogram { bins: 2048 }),
];

/// What passes one place of the model.
struct Seen {
    place: String,
    batches: Vec<Tensor>,
}

/// What an observer makes of it.
struct Chosen {
    observer: usize,
    low: f32,
    high: f32,
}

pub(crate) fn run(path: &str) -> Outcome {
    let seen = watch()?;
    let mut all = Vec::new();
    println!("{:<22} {:<20} {:>9} {:>9} {:>9}", "", "observer", "low", "high", "error");
    for seen in &seen {
        let mut chosen = Vec::new();
        for (observer, (name, kind)) in OBSERVERS.into_iter().enumerate() {
            let range = unfinished::skip(name, || range(kind, &seen.batches));
            let Some(range) = range else { continue };
            let (low, high) = range?;
            let error = error(&seen.batches, (low, high))?;
            println!("{:<22} {name:<20} {low:>9.3} {high:>9.3} {error:>9.2e}", seen.place);
            chosen.push(Chosen { observer, low, high });
        }
        all.push(chosen);
    }
    let panels = panels(path, (1100, 780), (2, 2))?;
    for ((panel, seen), chosen) in panels.iter().zip(&seen).zip(&all) {
        draw(panel, seen, chosen)?;
    }
    panels[0].present()?;
    println!("Drawn: {path}");
    Ok(())
}

/// The input and the output of each linear layer after its `ReLU`.
fn watch() -> tinytorch::Result<Vec<Seen>> {
    let pixels = digits::train().expect("the digits of the crate").flat()?;
    let starts = (0..IMAGES).step_by(BATCH);
    let mut batches = Vec::new();
    for start in starts {
        batches.push(pixels.slice_axis(0, start, start + BATCH)?);
    }
    let mut seen = vec![Seen { place: "input".to_owned(), batches: batches.clone() }];
    let mlp = pretrained::mlp()?;
    for (name, layer) in mlp.layers().layers() {
        for batch in &mut batches {
            *batch = layer.forward(batch)?;
        }
        if name.starts_with("relu") {
            seen.pop();
        }
        let place = format!("after {name}");
        seen.push(Seen { place, batches: batches.clone() });
    }
    Ok(seen)
}

fn range(kind: ObserverKind, batches: &[Tensor]) -> quantization::Result<(f32, f32)> {
    let mut observer = kind.observer()?;
    batches.iter().try_for_each(|batch| observer.observe(batch))?;
    observer.range(Scheme::U8)
}

/// The mean squared error of all numbers.
fn error(batches: &[Tensor], (low, high): (f32, f32)) -> quantization::Result<f64> {
    let params = QuantParams::from_range(low, high, Scheme::U8)?;
    let numbers: Vec<f32> = batches.iter().flat_map(Tensor::to_vec).collect();
    let square = |x: &f32| f64::from(x - params.dequantize(params.quantize(*x))).powi(2);
    Ok(numbers.iter().map(square).sum::<f64>() / numbers.len() as f64)
}

fn draw(panel: &Panel, seen: &Seen, chosen: &[Chosen]) -> Outcome {
    let numbers: Vec<f32> = seen.batches.iter().flat_map(Tensor::to_vec).collect();
    let low = f64::from(numbers.iter().copied().fold(0.0, f32::min));
    let high = f64::from(numbers.iter().copied().fold(0.0, f32::max));
    let width = (high - low) / BARS as f64;
    let mut counts = vec![0_usize; BARS];
    for x in &numbers {
        let bar = ((f64::from(*x) - low) / width) as usize;
        counts[bar.min(BARS - 1)] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(1) as f64;
    // The lower part of the axis is for the ranges.
    let bottom = 0.02;
    let margin = 0.04 * (high - low);
    let mut chart = ChartBuilder::on(panel)
        .caption(format!("MLP, {}", seen.place), ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(34)
        .y_label_area_size(70)
        .build_cartesian_2d(low - margin..high + margin, (bottom..most * 3.0).log_scale())?;
    chart
        .configure_mesh()
        .disable_mesh()
        .y_desc("numbers in a bar")
        .y_label_formatter(&|count| {
            if *count < 0.9 { String::new() } else { format!("{count:.0}") }
        })
        .label_style(("sans-serif", 13))
        .axis_desc_style(("sans-serif", 14))
        .draw()?;
    let filled = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    chart.draw_series(filled.map(|(bar, count)| {
        let left = low + width * bar as f64;
        let corners = [(left, 0.7), (left + 0.92 * width, *count as f64)];
        Rectangle::new(corners, COLOURS[6].mix(0.6).filled())
    }))?;
    let base = panel.get_base_pixel();
    for (line, chosen) in chosen.iter().enumerate() {
        let height = 0.45 / 2.0_f64.powi(line as i32);
        let ends = [f64::from(chosen.low), f64::from(chosen.high)];
        let colour = COLOURS[chosen.observer];
        let points = ends.map(|end| (end, height));
        chart.draw_series([PathElement::new(points, colour.stroke_width(5))])?;
        let (x, y) = chart.backend_coord(&points[1]);
        let label = format!("{} to {:.2}", OBSERVERS[chosen.observer].0, chosen.high);
        let style = text(12, HPos::Right, VPos::Bottom);
        panel.draw(&Text::new(label, (x - base.0, y - base.1 - 2), style))?;
    }
    Ok(())
}
