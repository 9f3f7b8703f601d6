//! What all pictures have in common.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;

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

pub(crate) fn text(size: u32, horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&BLACK).pos(Pos::new(horizontal, vertical))
}

/// A bar with what stands above and below it.
pub(crate) struct Bar {
    pub(crate) height: f64,
    /// Half the length of a line across the end, if the height is uncertain.
    pub(crate) range: Option<(f64, f64)>,
    pub(crate) above: String,
    /// Lines.
    pub(crate) below: Vec<String>,
    pub(crate) colour: RGBColor,
}

/// A title, the meaning of a height, and the highest one on the axis.
pub(crate) struct Heights<'a> {
    pub(crate) title: &'a str,
    pub(crate) meaning: &'a str,
    pub(crate) end: f64,
}

/// Bars side by side.
pub(crate) fn bars(panel: &Panel, heights: &Heights, bars: &[Bar]) -> Outcome {
    let mut chart = ChartBuilder::on(panel)
        .caption(heights.title, ("sans-serif", 19))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..bars.len().max(1) as f64, 0.0..heights.end)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .y_labels(6)
        .y_desc(heights.meaning)
        .label_style(("sans-serif", 13))
        .axis_desc_style(("sans-serif", 14))
        .light_line_style(WHITE)
        .draw()?;
    let middle = |at: usize| at as f64 + 0.5;
    chart.draw_series(bars.iter().enumerate().map(|(at, bar)| {
        let corners = [(middle(at) - 0.36, 0.0), (middle(at) + 0.36, bar.height)];
        Rectangle::new(corners, bar.colour.filled())
    }))?;
    let ranges = bars.iter().enumerate().filter_map(|(at, bar)| Some((at, bar.range?)));
    chart.draw_series(ranges.map(|(at, (low, high))| {
        PathElement::new([(middle(at), low), (middle(at), high)], BLACK.stroke_width(2))
    }))?;
    let base = panel.get_base_pixel();
    for (at, bar) in bars.iter().enumerate() {
        let top = bar.range.map_or(bar.height, |(_, high)| high.max(bar.height));
        let (x, y) = chart.backend_coord(&(middle(at), top));
        let style = text(13, HPos::Center, VPos::Bottom);
        panel.draw(&Text::new(bar.above.clone(), (x - base.0, y - base.1 - 3), style))?;
        let (x, y) = chart.backend_coord(&(middle(at), 0.0));
        for (line, words) in (0..).zip(&bar.below) {
            let place = (x - base.0, y - base.1 + 5 + 16 * line);
            panel.draw(&Text::new(words.clone(), place, text(13, HPos::Center, VPos::Top)))?;
        }
    }
    Ok(())
}

/// A legend at this place.
pub(crate) fn legend<'a, X: Ranged, Y: Ranged>(
    chart: &mut ChartContext<'a, SVGBackend<'a>, Cartesian2d<X, Y>>,
    position: SeriesLabelPosition,
) -> Outcome {
    chart
        .configure_series_labels()
        .position(position)
        .label_font(("sans-serif", 13))
        .background_style(WHITE)
        .border_style(BLACK.mix(0.3))
        .draw()?;
    Ok(())
}
