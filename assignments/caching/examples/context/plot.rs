//! Three charts next to each other: time per token, speedup, memory.

use crate::measure::{self, Times};
use caching::{Growth, cache_bytes};
use plotters::coord::Shift;
use plotters::coord::ranged1d::ValueFormatter;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;
use tinytorch::models::GptConfig;

type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Outcome = Result<(), Box<dyn Error>>;

/// Name, color, seconds, and the fitted law.
type Series = (&'static str, RGBColor, fn(&Times) -> f64, Growth);

const SIZE: (u32, u32) = (1500, 520);
/// Colors that are distinguishable with any color vision (Okabe and Ito).
const CACHED: RGBColor = RGBColor(0, 114, 178);
const RECOMPUTED: RGBColor = RGBColor(213, 94, 0);
const WHOLE: RGBColor = RGBColor(0, 158, 115);

/// The power laws fitted to the measurements.
pub(crate) struct Fits {
    pub(crate) cached: Growth,
    pub(crate) recomputed: Growth,
}

/// Writes the charts to an SVG file.
pub(crate) fn draw(path: &str, times: &[Times], fits: &Fits, config: &GptConfig) -> Outcome {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let panels = root.split_evenly((1, 3));
    time(&panels[0], times, fits)?;
    speedup(&panels[1], times)?;
    memory(&panels[2], config)?;
    root.present()?;
    Ok(())
}

fn ends(times: &[Times]) -> (f64, f64) {
    let last = times.last().map_or(1, |time| time.context);
    (1.0, last as f64 * 1.15)
}

/// Microseconds per token, and the fitted lines, on two logarithmic axes.
fn time(panel: &Panel, times: &[Times], fits: &Fits) -> Outcome {
    let (first, last) = ends(times);
    let all = times.iter().flat_map(|time| [1e6 * time.cached, 1e6 * time.recomputed]);
    let (low, high) = all.fold((f64::MAX, 0.0_f64), |(low, high), x| (low.min(x), high.max(x)));
    let mut chart = ChartBuilder::on(panel)
        .caption("Time of one token", ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d((first..last).log_scale(), (low / 1.6..high * 6.0).log_scale())?;
    axes(&mut chart, "time (us)")?;
    let series: [Series; 2] = [
        ("recomputed", RECOMPUTED, |time| time.recomputed, fits.recomputed),
        ("cached", CACHED, |time| time.cached, fits.cached),
    ];
    for (name, colour, seconds, fit) in series {
        let points = times.iter().map(|time| (time.context as f64, 1e6 * seconds(time)));
        chart.draw_series(points.map(|at| Circle::new(at, 4, colour.filled())))?;
        let line = [crate::FIT_FROM as f64, last].map(|x| (x, 1e6 * fit.predict(x)));
        let label = format!("{name}: ~ context^{:.2}", fit.exponent);
        chart
            .draw_series(LineSeries::new(line, colour.stroke_width(2)))?
            .label(label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 14, y)], colour.stroke_width(2)));
    }
    legend(&mut chart)
}

/// The speedup, for a token and for a whole text.
fn speedup(panel: &Panel, times: &[Times]) -> Outcome {
    let (_, last) = ends(times);
    let factor = |time: &Times| (time.context as f64, time.recomputed / time.cached);
    let whole = |time: &Times| {
        let sum = |seconds| measure::sum(times, time.context, seconds);
        (time.context as f64, sum(|time| time.recomputed) / sum(|time| time.cached))
    };
    let high = times.iter().map(|time| factor(time).1).fold(1.0, f64::max);
    let mut chart = ChartBuilder::on(panel)
        .caption("With a cache: how many times as fast", ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..last, 0.0..high * 1.25)?;
    axes(&mut chart, "factor")?;
    let series = [
        ("one token", CACHED, times.iter().map(factor).collect::<Vec<_>>()),
        ("the whole text up to it", WHOLE, times.iter().map(whole).collect()),
    ];
    for (name, colour, points) in series {
        chart.draw_series(points.iter().map(|at| Circle::new(*at, 4, colour.filled())))?;
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 14, y)], colour.stroke_width(2)));
    }
    legend(&mut chart)
}

/// Keys and values compared with the weights: one bar each.
fn memory(panel: &Panel, config: &GptConfig) -> Outcome {
    let (d, layers) = (config.d_model as u64, config.n_layers as u64);
    let tables = d * (2 * config.vocab_size + config.max_seq_len) as u64;
    // Matrices, biases and normalizations of the blocks, and the final
    // normalization.
    let weights = 4 * (layers * (12 * d * d + 13 * d) + 2 * d + tables);
    let mut bars = vec![("weights".to_string(), weights, RECOMPUTED)];
    for (batch, tokens) in [(1, 25), (1, 100), (1, 256), (8, 256)] {
        bars.push((format!("{batch} x {tokens}"), cache_bytes(config, batch, tokens), CACHED));
    }
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let high = bars.iter().map(|(_, bytes, _)| megabytes(*bytes)).fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(panel)
        .caption("Memory: weights, and keys and values", ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..bars.len() as f64, 0.0..high * 1.15)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .x_desc("sequences x tokens")
        .y_desc("MB")
        .label_style(("sans-serif", 14))
        .axis_desc_style(("sans-serif", 15))
        .light_line_style(WHITE)
        .draw()?;
    let (left, top) = panel.get_base_pixel();
    for (at, (name, bytes, colour)) in bars.iter().enumerate() {
        let (middle, height) = (at as f64 + 0.5, megabytes(*bytes));
        let bar = [(middle - 0.35, 0.0), (middle + 0.35, height)];
        chart.draw_series([Rectangle::new(bar, colour.filled())])?;
        let (x, y) = chart.backend_coord(&(middle, 0.0));
        let below = text(VPos::Top);
        panel.draw(&Text::new(name.clone(), (x - left, y - top + 6), below))?;
        let (x, y) = chart.backend_coord(&(middle, height));
        let value = format!("{height:.2}");
        panel.draw(&Text::new(value, (x - left, y - top - 4), text(VPos::Bottom)))?;
    }
    Ok(())
}

fn text(vertical: VPos) -> TextStyle<'static> {
    ("sans-serif", 14).into_font().color(&BLACK).pos(Pos::new(HPos::Center, vertical))
}

/// Axes with the context on x and `what` on y.
fn axes<'a, X, Y>(
    chart: &mut ChartContext<'a, SVGBackend<'a>, Cartesian2d<X, Y>>,
    what: &str,
) -> Outcome
where
    X: Ranged<ValueType = f64> + ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    chart
        .configure_mesh()
        .x_desc("context (tokens)")
        .y_desc(what)
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .label_style(("sans-serif", 14))
        .axis_desc_style(("sans-serif", 15))
        .light_line_style(WHITE)
        .draw()?;
    Ok(())
}

fn legend<'a, X: Ranged, Y: Ranged>(
    chart: &mut ChartContext<'a, SVGBackend<'a>, Cartesian2d<X, Y>>,
) -> Outcome {
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .label_font(("sans-serif", 14))
        .background_style(WHITE)
        .border_style(BLACK.mix(0.4))
        .draw()?;
    Ok(())
}
