//! How the points of a class are spread, as bars to be drawn in SVG.

use crate::class::ClassPage;
use crate::words::share;

/// Classes of ten percent each; full marks are in the last.
const BINS: usize = 10;
/// Size of the drawing, in units of its own.
const WIDTH: usize = 960;
const HEIGHT: usize = 150;
/// Room below for the scale, above for the counts.
const BELOW: usize = 34;
const ABOVE: usize = 22;

/// The drawing, ready for the template: integers only.
pub(super) struct PointsHistogram {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Where the bars stand.
    pub(super) floor: usize,
    pub(super) bars: Vec<HistogramBar>,
    /// The same in words, for those who do not see it.
    pub(super) words: String,
}

/// One bar: how many have that part of the points.
pub(super) struct HistogramBar {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) middle: usize,
    pub(super) count: usize,
    /// The scale below it: percent of the points.
    pub(super) label: String,
}

/// How many submissions with a grade fall into each tenth of the points.
pub(super) fn bins(page: &ClassPage) -> [usize; BINS] {
    let mut bins = [0; BINS];
    for row in &page.rows {
        if let Some(points) = row.points {
            let tenth = (share(points, row.max_points) * BINS as f64) as usize;
            bins[tenth.min(BINS - 1)] += 1;
        }
    }
    bins
}

pub(super) fn histogram(page: &ClassPage) -> PointsHistogram {
    let bins = bins(page);
    let most = bins.into_iter().max().unwrap_or(0).max(1);
    let step = WIDTH / BINS;
    let floor = HEIGHT + ABOVE;
    let bar = |(n, count): (usize, usize)| {
        // What is not nothing can be seen.
        let height = if count == 0 { 0 } else { (count * HEIGHT / most).max(3) };
        let x = n * step + 8;
        let width = step - 16;
        let last = if n == BINS - 1 { "100" } else { "" };
        let upper = if last.is_empty() { format!("{}", n * 10 + 9) } else { last.into() };
        let label = format!("{}–{upper}", n * 10);
        HistogramBar { x, y: floor - height, width, height, middle: x + width / 2, count, label }
    };
    let bars: Vec<_> = bins.into_iter().enumerate().map(bar).collect();
    let filled = bars.iter().filter(|bar| bar.count > 0);
    let mut words: Vec<_> =
        filled.map(|bar| format!("{} % of the points: {}", bar.label, bar.count)).collect();
    if page.totals.pending > 0 {
        words.push(format!("{} of them with points pending", page.totals.pending));
    }
    PointsHistogram { width: WIDTH, height: floor + BELOW, floor, bars, words: words.join("; ") }
}
