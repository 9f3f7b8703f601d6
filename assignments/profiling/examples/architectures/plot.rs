//! Two charts next to each other: the speed of each architecture, and the transformer's time
//! compared with its FLOPs.

use crate::gpt::Breakdown;
use crate::measure::Measured;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;
use std::ops::Range;

type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const SIZE: (u32, u32) = (1200, 520);
/// Colors that are distinguishable with any color vision (Okabe and Ito).
const BLUE: RGBColor = RGBColor(0, 114, 178);
const ORANGE: RGBColor = RGBColor(213, 94, 0);
const GREEN: RGBColor = RGBColor(0, 158, 115);

/// Writes the charts to an SVG file.
pub(crate) fn draw(
    path: &str,
    measured: &[Measured],
    breakdown: &Breakdown,
) -> Result<(), Box<dyn Error>> {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (left, right) = root.split_horizontally(SIZE.0 / 2);
    speeds(&left, measured)?;
    shares(&right, breakdown)?;
    root.present()?;
    Ok(())
}

/// Achieved GFLOP/s over arithmetic intensity, both logarithmic, like a roofline chart.
fn speeds(panel: &Panel, measured: &[Measured]) -> Result<(), Box<dyn Error>> {
    let intensities = decades(measured.iter().map(Measured::intensity));
    let rates = decades(measured.iter().map(Measured::gflops));
    let mut chart = ChartBuilder::on(panel)
        .caption("Achieved speed of each architecture", ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(48)
        .y_label_area_size(64)
        .build_cartesian_2d(intensities.log_scale(), rates.log_scale())?;
    chart
        .configure_mesh()
        .x_desc("arithmetic intensity (FLOP / byte, estimated)")
        .y_desc("achieved speed (GFLOP / s, measured)")
        .x_label_formatter(&|value| short(*value))
        .y_label_formatter(&|value| short(*value))
        .label_style(("sans-serif", 14))
        .axis_desc_style(("sans-serif", 15))
        .x_labels(4)
        .y_labels(4)
        .light_line_style(WHITE)
        .draw()?;
    for (m, colour) in measured.iter().zip([BLUE, ORANGE, GREEN]) {
        let at = (m.intensity(), m.gflops());
        let label = format!("{}, {:.2} ms", m.name, 1e3 * m.time.mean);
        let beside = Pos::new(HPos::Left, VPos::Center);
        let style = ("sans-serif", 15).into_font().color(&BLACK).pos(beside);
        let bar = error_bar(m).map(|rate| (m.intensity(), rate));
        chart.draw_series([PathElement::new(bar.to_vec(), colour.stroke_width(2))])?;
        chart.draw_series([EmptyElement::at(at)
            + Circle::new((0, 0), 7, colour.filled())
            + Text::new(label, (12, 0), style)])?;
    }
    Ok(())
}

/// The rates at the ends of the time's confidence interval.
fn error_bar(m: &Measured) -> [f64; 2] {
    // A lower end of 0 or less (few, scattered runs) has no rate.
    let fastest = m.time.ci95.low.max(m.time.min / 2.0);
    [m.time.ci95.high, fastest].map(|seconds| m.flops as f64 / seconds / 1e9)
}

/// Shares of time and of FLOPs for each kind of layer, as pairs of bars.
fn shares(panel: &Panel, breakdown: &Breakdown) -> Result<(), Box<dyn Error>> {
    let names: Vec<&str> = breakdown.kinds.iter().map(|kind| kind.name.as_str()).collect();
    let percent = |share: f64| 100.0 * share;
    let pairs: Vec<[f64; 2]> = names
        .iter()
        .map(|name| [breakdown.time_share(name), breakdown.flop_share(name)].map(percent))
        .collect();
    let longest = pairs.iter().flatten().copied().fold(10.0, f64::max);
    let mut chart = ChartBuilder::on(panel)
        .caption("Transformer: time against FLOPs", ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(48)
        .y_label_area_size(90)
        .build_cartesian_2d(0.0..1.15 * longest, names.len() as f64..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .x_desc("share of one forward pass (%)")
        .x_label_formatter(&|percent| format!("{percent:.0}"))
        .label_style(("sans-serif", 14))
        .axis_desc_style(("sans-serif", 15))
        .light_line_style(WHITE)
        .draw()?;
    for (series, label, colour) in [(0, "time (measured)", BLUE), (1, "FLOPs (counted)", ORANGE)] {
        let bars = pairs.iter().enumerate().map(|(row, pair)| {
            let top = row as f64 + 0.12 + 0.38 * series as f64;
            Rectangle::new([(0.0, top), (pair[series], top + 0.36)], colour.filled())
        });
        let legend = move |(x, y)| Rectangle::new([(x, y - 6), (x + 14, y + 6)], colour.filled());
        chart.draw_series(bars)?.label(label).legend(legend);
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .label_font(("sans-serif", 15))
        .background_style(WHITE)
        .border_style(BLACK.mix(0.4))
        .draw()?;
    row_labels(&chart, &names, &pairs, panel)
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

/// Names to the left of the axis, percentages to the right of the bars.
fn row_labels(
    chart: &Chart,
    names: &[&str],
    pairs: &[[f64; 2]],
    panel: &Panel,
) -> Result<(), Box<dyn Error>> {
    let (left, top) = panel.get_base_pixel();
    for (row, (name, pair)) in names.iter().zip(pairs).enumerate() {
        let (x, y) = chart.backend_coord(&(0.0, row as f64 + 0.5));
        let right = Pos::new(HPos::Right, VPos::Center);
        let style = ("sans-serif", 15).into_font().color(&BLACK).pos(right);
        panel.draw(&Text::new(name.to_string(), (x - left - 8, y - top), style))?;
        for (series, share) in pair.iter().enumerate() {
            let (x, y) = chart.backend_coord(&(*share, row as f64 + 0.30 + 0.38 * series as f64));
            let style = ("sans-serif", 12)
                .into_font()
                .color(&BLACK.mix(0.75))
                .pos(Pos::new(HPos::Left, VPos::Center));
            panel.draw(&Text::new(format!("{share:.1}"), (x - left + 4, y - top), style))?;
        }
    }
    Ok(())
}

/// Whole decades that include all values, with space for labels.
fn decades(values: impl Iterator<Item = f64> + Clone) -> Range<f64> {
    let low = values.clone().fold(f64::INFINITY, f64::min) / 1.5;
    let high = values.fold(0.0, f64::max) * 1.5;
    10_f64.powf(low.log10().floor())..10_f64.powf(high.log10().ceil())
}

fn short(value: f64) -> String {
    if value < 1.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}
