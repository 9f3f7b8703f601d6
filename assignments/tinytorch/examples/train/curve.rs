//! The learning curve as a picture: loss and accuracy over the steps.

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use tinytorch::train::History;

const SIZE: (u32, u32) = (800, 560);
/// Blue, orange and gray from Okabe and Ito (2008), which color-blind readers can
/// tell apart.
const TRAINING: RGBColor = RGBColor(0, 114, 178);
const VALIDATION: RGBColor = RGBColor(213, 94, 0);
const STEPS: RGBColor = RGBColor(190, 205, 215);

type ChartPanel<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type CurvePoints = Vec<(f64, f64)>;

/// Writes an SVG. The upper chart shows the loss on a logarithmic axis (each step
/// in gray, each epoch in blue, the validation in orange); the lower one shows
/// the validation accuracy, if there is one.
///
/// # Errors
/// When there are no epochs, or the file cannot be written.
pub fn draw(
    path: &Path,
    title: &str,
    losses: &[(u64, f64)],
    history: &History,
    steps_per_epoch: usize,
) -> Result<(), Box<dyn Error>> {
    let end = |epoch: usize| ((epoch + 1) * steps_per_epoch) as f64;
    let steps: CurvePoints = losses.iter().map(|&(step, loss)| (step as f64 + 0.5, loss)).collect();
    let epochs = history.epochs.iter();
    let training: CurvePoints = epochs.clone().map(|e| (end(e.epoch), e.train_loss)).collect();
    let scores = epochs.filter_map(|e| Some((end(e.epoch), e.validation?)));
    let validation: CurvePoints = scores.clone().map(|(step, score)| (step, score.loss)).collect();
    let accuracy: CurvePoints =
        scores.filter_map(|(step, score)| Some((step, 100.0 * score.accuracy?))).collect();
    let &(last, _) = training.last().ok_or("there is no epoch to draw")?;

    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let root = root.titled(title, ("sans-serif", 20))?;
    if accuracy.is_empty() {
        draw_loss(&root, last, [steps, training, validation])?;
    } else {
        let (above, below) = root.split_vertically(SIZE.1 * 3 / 5);
        draw_loss(&above, last, [steps, training, validation])?;
        draw_accuracy(&below, last, accuracy)?;
    }
    root.present()?;
    Ok(())
}

fn draw_loss(
    panel: &ChartPanel,
    last: f64,
    series: [CurvePoints; 3],
) -> Result<(), Box<dyn Error>> {
    let [low, high] = bounds(series.iter().flatten().map(|&(_, loss)| loss));
    // A logarithmic axis cannot show 0.
    let low = low.max(high * 1e-6);
    let mut chart =
        builder(panel).build_cartesian_2d(0.0..last, (low * 0.8..high * 1.2).log_scale())?;
    chart
        .configure_mesh()
        .x_label_formatter(&whole)
        .light_line_style(WHITE)
        .y_desc("loss")
        .x_labels(6)
        .y_labels(5)
        .draw()?;
    let styles = [
        ("training, each step", STEPS.stroke_width(1)),
        ("training, mean of the epoch", TRAINING.stroke_width(2)),
        ("validation", VALIDATION.stroke_width(2)),
    ];
    for (points, (label, style)) in series.into_iter().zip(styles) {
        if points.is_empty() {
            continue;
        }
        let line = LineSeries::new(points, style);
        let sample = move |(x, y)| PathElement::new(vec![(x, y), (x + 20, y)], style);
        chart.draw_series(line)?.label(label).legend(sample);
    }
    let place = SeriesLabelPosition::UpperRight;
    chart.configure_series_labels().position(place).background_style(WHITE.mix(0.8)).draw()?;
    Ok(())
}

fn draw_accuracy(panel: &ChartPanel, last: f64, points: CurvePoints) -> Result<(), Box<dyn Error>> {
    let [low, _] = bounds(points.iter().map(|&(_, accuracy)| accuracy));
    let low = (low / 10.0).floor() * 10.0;
    let mut chart = builder(panel).build_cartesian_2d(0.0..last, low.min(90.0)..100.0)?;
    let mut mesh = chart.configure_mesh();
    mesh.x_label_formatter(&whole).y_label_formatter(&whole);
    mesh.light_line_style(WHITE).x_labels(6).y_labels(5);
    mesh.x_desc("step").y_desc("validation accuracy [%]").draw()?;
    chart.draw_series(LineSeries::new(points, VALIDATION.stroke_width(2)))?;
    Ok(())
}

fn builder<'a, 'b>(panel: &'a ChartPanel<'b>) -> ChartBuilder<'a, 'b, SVGBackend<'b>> {
    let mut builder = ChartBuilder::on(panel);
    builder.margin(10).margin_right(25).x_label_area_size(40).y_label_area_size(60);
    builder
}

/// A label without decimals.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "what plotters calls it with")]
fn whole(number: &f64) -> String {
    format!("{number:.0}")
}

/// The smallest and the largest of the finite numbers above 0.
fn bounds(numbers: impl Iterator<Item = f64>) -> [f64; 2] {
    let usable = numbers.filter(|x| x.is_finite() && *x > 0.0);
    let [low, high] = usable.fold([f64::MAX, 0.0_f64], |[low, high], x| [low.min(x), high.max(x)]);
    if low <= high { [low, high] } else { [0.1, 1.0] }
}
