//! Two charts next to each other: the rungs of the ladder, and the roofline.

use crate::measure::Measured;
use acceleration::{Roofline, Work};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;

type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Outcome = Result<(), Box<dyn Error>>;
/// The measured rungs for each matrix size.
pub(crate) type Ladder = [(usize, Vec<Measured>)];

const SIZE: (u32, u32) = (1240, 560);
/// Colors that are distinguishable with any color vision (Okabe and Ito).
const COLOURS: [RGBColor; 6] = [
    RGBColor(86, 180, 233),
    RGBColor(0, 114, 178),
    RGBColor(0, 158, 115),
    RGBColor(213, 94, 0),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
];

/// Writes the charts to an SVG file.
pub(crate) fn draw(
    path: &str,
    machine: &Roofline,
    ladder: &Ladder,
    others: &[Measured],
) -> Outcome {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (left, right) = root.split_horizontally(SIZE.0 / 2);
    rungs(&left, machine, ladder)?;
    roof(&right, machine, ladder, others)?;
    root.present()?;
    Ok(())
}

/// Peak arithmetic performance of the machine, in GFLOP/s.
fn peak(machine: &Roofline) -> f64 {
    machine.attainable(&Work { flops: 1, bytes: 0 }) / 1e9
}

/// One group of bars per rung, one bar per size, on a logarithmic axis.
fn rungs(panel: &Panel, machine: &Roofline, ladder: &Ladder) -> Outcome {
    let Some((_, first)) = ladder.first() else { return Ok(()) };
    let rates = ladder.iter().flat_map(|(_, rungs)| rungs.iter().map(Measured::gflops));
    let (low, high) = rates.fold((f64::MAX, peak(machine)), |(l, h), x| (l.min(x), h.max(x)));
    let mut chart = ChartBuilder::on(panel)
        .caption("The ladder: speed of each rung", ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(64)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..first.len() as f64, (low / 2.0..high * 4.0).log_scale())?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .y_desc("achieved speed (GFLOP / s)")
        .y_label_formatter(&|rate| short(*rate))
        .label_style(("sans-serif", 14))
        .axis_desc_style(("sans-serif", 15))
        .light_line_style(WHITE)
        .draw()?;
    let line = [(0.0, peak(machine)), (first.len() as f64, peak(machine))];
    chart
        .draw_series(LineSeries::new(line, BLACK.stroke_width(1)))?
        .label("peak of one core")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 14, y)], BLACK));
    let width = 0.8 / ladder.len() as f64;
    for (series, (size, measured)) in ladder.iter().enumerate() {
        let colour = COLOURS[series % COLOURS.len()];
        let bars = measured.iter().enumerate().map(|(group, m)| {
            let left = group as f64 + 0.1 + width * series as f64;
            Rectangle::new([(left, low / 2.0), (left + 0.9 * width, m.gflops())], colour.filled())
        });
        let legend = move |(x, y)| Rectangle::new([(x, y - 6), (x + 14, y + 6)], colour.filled());
        chart.draw_series(bars)?.label(format!("n = {size}")).legend(legend);
    }
    legend(&mut chart, SeriesLabelPosition::UpperLeft)?;
    let Some((_, last)) = ladder.last() else { return Ok(()) };
    let (left, top) = panel.get_base_pixel();
    for (group, m) in last.iter().enumerate() {
        let (x, y) = chart.backend_coord(&(group as f64 + 0.5, low / 2.0));
        let words = m.name.split(", ");
        for (line, word) in (0..).zip(words) {
            let at = (x - left, y - top + 6 + 16 * line);
            panel.draw(&Text::new(word.to_string(), at, text(14, HPos::Center, VPos::Top)))?;
        }
        let factor = format!("{}x", short(m.times_as_fast_as(&last[0])));
        let (x, y) = chart.backend_coord(&(group as f64 + 0.9, m.gflops()));
        panel.draw(&Text::new(
            factor,
            (x - left, y - top - 3),
            text(13, HPos::Right, VPos::Bottom),
        ))?;
    }
    Ok(())
}

/// The attainable speed at each intensity, and the achieved speeds.
fn roof(panel: &Panel, machine: &Roofline, ladder: &Ladder, others: &[Measured]) -> Outcome {
    let last = ladder.last().map_or(&[][..], |(_, rungs)| rungs);
    let single = last.iter().chain(others).filter(|m| m.threads == 1);
    let points: Vec<&Measured> = single.collect();
    let intensities = points.iter().filter_map(|m| m.work.intensity());
    let (left, right) = intensities
        .fold((machine.ridge(), machine.ridge()), |(l, r), x| (f64::min(l, x), f64::max(r, x)));
    let (left, right) = (left / 3.0, right * 12.0);
    let slowest = points.iter().map(|m| m.gflops()).fold(f64::MAX, f64::min);
    let mut chart = ChartBuilder::on(panel)
        .caption("The roof: one core of this machine", ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(48)
        .y_label_area_size(64)
        .build_cartesian_2d(
            (left..right).log_scale(),
            (slowest / 3.0..3.0 * peak(machine)).log_scale(),
        )?;
    chart
        .configure_mesh()
        .x_desc("arithmetic intensity (FLOP / byte, counted)")
        .y_desc("speed (GFLOP / s)")
        .x_label_formatter(&|value| short(*value))
        .y_label_formatter(&|value| short(*value))
        .label_style(("sans-serif", 14))
        .axis_desc_style(("sans-serif", 15))
        .x_labels(6)
        .light_line_style(WHITE)
        .draw()?;
    let slope = peak(machine) / machine.ridge();
    let corner = [(left, left * slope), (machine.ridge(), peak(machine)), (right, peak(machine))];
    chart.draw_series(LineSeries::new(corner, BLACK.stroke_width(2)))?;
    let mut labels: Vec<((i32, i32), String)> = Vec::new();
    for (index, m) in points.iter().enumerate() {
        let Some(intensity) = m.work.intensity() else { continue };
        let colour = COLOURS[index % COLOURS.len()];
        let at = (intensity, m.gflops());
        chart.draw_series([Circle::new(at, 6, colour.filled())])?;
        labels.push((chart.backend_coord(&at), m.name.clone()));
    }
    let base = panel.get_base_pixel();
    beside(panel, base, labels)
}

/// Labels next to their points, moved apart where they would overlap.
fn beside(panel: &Panel, base: (i32, i32), mut labels: Vec<((i32, i32), String)>) -> Outcome {
    const HEIGHT: i32 = 16;
    labels.sort_by_key(|((_, y), _)| *y);
    let mut drawn: Vec<(i32, i32)> = Vec::new();
    for ((x, y), name) in labels {
        let crowd = drawn.iter().filter(|(other, _)| (other - x).abs() < 130);
        let above = crowd.map(|(_, below)| below + HEIGHT).max().unwrap_or(y);
        let line = y.max(above);
        drawn.push((x, line));
        let at = (x - base.0 + 11, line - base.1);
        panel.draw(&Text::new(name, at, text(14, HPos::Left, VPos::Center)))?;
    }
    Ok(())
}

fn text(size: u32, horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&BLACK).pos(Pos::new(horizontal, vertical))
}

fn legend<'a, X: Ranged, Y: Ranged>(
    chart: &mut ChartContext<'a, SVGBackend<'a>, Cartesian2d<X, Y>>,
    position: SeriesLabelPosition,
) -> Outcome {
    chart
        .configure_series_labels()
        .position(position)
        .label_font(("sans-serif", 14))
        .background_style(WHITE)
        .border_style(BLACK.mix(0.4))
        .draw()?;
    Ok(())
}

fn short(value: f64) -> String {
    match value {
        v if v < 1.0 => format!("{v:.2}"),
        v if v < 9.95 => format!("{v:.1}"),
        v => format!("{v:.0}"),
    }
}
