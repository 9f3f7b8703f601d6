//! What all pictures have in common.

use plotters::coord::Shift;
use plotters::prelude::*;
use std::error::Error;
use std::ops::Range;

pub(crate) type Outcome = Result<(), Box<dyn Error>>;
pub(crate) type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Colors that are distinguishable with any color vision (Okabe and Ito).
pub(crate) const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
    RGBColor(110, 110, 110),
];

/// A white picture of this size, cut into rows and columns of panels.
pub(crate) fn panels(
    path: &str,
    size: (u32, u32),
    grid: (usize, usize),
) -> Result<Vec<Panel<'_>>, Box<dyn Error>> {
    let root = SVGBackend::new(path, size).into_drawing_area();
    root.fill(&WHITE)?;
    Ok(root.split_evenly(grid))
}

/// Measured points, joined by a line.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) colour: RGBColor,
    /// Whether it is drawn thinly: what was measured before fine-tuning.
    pub(crate) is_thin: bool,
    pub(crate) points: Vec<(f64, f64)>,
}

/// A title, what both axes mean, and how far they reach.
pub(crate) struct Axes<'a> {
    pub(crate) title: &'a str,
    pub(crate) meanings: [&'a str; 2],
    pub(crate) across: Range<f64>,
    pub(crate) up: Range<f64>,
    /// A corner without lines.
    pub(crate) legend: SeriesLabelPosition,
}

/// Lines over one pair of axes, with a legend.
pub(crate) fn lines(panel: &Panel, axes: &Axes, lines: &[Line]) -> Outcome {
    let mut chart = ChartBuilder::on(panel)
        .caption(axes.title, ("sans-serif", 19))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(56)
        .build_cartesian_2d(axes.across.clone(), axes.up.clone())?;
    chart
        .configure_mesh()
        .x_desc(axes.meanings[0])
        .y_desc(axes.meanings[1])
        .label_style(("sans-serif", 13))
        .axis_desc_style(("sans-serif", 14))
        .light_line_style(WHITE)
        .bold_line_style(BLACK.mix(0.12))
        .draw()?;
    for line in lines {
        let style = line.colour.stroke_width(if line.is_thin { 1 } else { 3 });
        let radius = if line.is_thin { 2 } else { 3 };
        chart
            .draw_series(LineSeries::new(line.points.clone(), style))?
            .label(line.name.clone())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
        let points = line.points.iter();
        chart.draw_series(points.map(|at| Circle::new(*at, radius, line.colour.filled())))?;
    }
    chart
        .configure_series_labels()
        .position(axes.legend.clone())
        .label_font(("sans-serif", 13))
        .background_style(WHITE)
        .border_style(BLACK.mix(0.3))
        .draw()?;
    Ok(())
}
