//! A chart: how far we are from each peer.

use std::fmt::Write;

use super::{Outcome, Report, Row};
use crate::peer::{CONTENDERS, Contender, Framework, Threads};
use crate::svg::{begin, rect, text};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 170.0;
const RIGHT: f64 = 70.0;
const TOP: f64 = 66.0;
const BAR: f64 = 15.0;
const GAP: f64 = 16.0;

/// The report's ratios as horizontal bars on a logarithmic scale, with their
/// intervals. To the right of the line at 1, we are slower.
pub fn svg(report: &Report) -> String {
    let rows: Vec<_> = report.rows.iter().filter(|row| bars(row).next().is_some()).collect();
    let count: usize = rows.iter().map(|row| bars(row).count()).sum();
    let bottom = TOP + count as f64 * BAR + rows.len() as f64 * GAP;
    let scale = Scale::of(&rows);
    let mut out = String::new();
    let height = bottom + 40.0;
    begin(&mut out, WIDTH, height);
    text(&mut out, 16.0, 22.0, "start", "#111111", "tinytorch's time / theirs");
    legend(&mut out, &rows);
    axis(&mut out, &scale, bottom);
    let mut y = TOP;
    for row in rows {
        y += GAP / 2.0;
        let middle = y + bars(row).count() as f64 * BAR / 2.0 + 4.0;
        let name = format!("{} {}", row.model, row.task.name());
        text(&mut out, LEFT - 12.0, middle, "end", "#111111", &name);
        for bar in bars(row) {
            draw(&mut out, bar, y, &scale);
            y += BAR;
        }
        y += GAP / 2.0;
    }
    out + "</svg>\n"
}

fn bars(row: &Row) -> impl Iterator<Item = &Outcome> {
    row.outcomes.iter().filter(|outcome| outcome.ratio.is_some())
}

/// From ratios to positions: powers of two.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(rows: &[&Row]) -> Self {
        let ratios = rows.iter().flat_map(|row| bars(row)).filter_map(|bar| bar.ratio);
        let (mut low, mut high) = (0.5_f64, 2.0_f64);
        for ratio in ratios {
            low = low.min(ratio.low);
            high = high.max(ratio.high);
        }
        Self { low: low.log2().floor(), high: high.log2().ceil() }
    }

    fn x(&self, ratio: f64) -> f64 {
        LEFT + (ratio.log2() - self.low) / (self.high - self.low) * (WIDTH - LEFT - RIGHT)
    }
}

fn colour(outcome: &Outcome) -> &'static str {
    match (outcome.contender.framework, outcome.contender.threads) {
        (Framework::Ours, _) => "#444444",
        (Framework::Candle, Threads::One) => "#b35806",
        (Framework::Candle, Threads::Default) => "#fdb863",
        (Framework::PyTorch, Threads::One) => "#542788",
        (Framework::PyTorch, Threads::Default) => "#b2abd2",
    }
}

fn legend(out: &mut String, rows: &[&Row]) {
    let mut x = 16.0;
    let shown = |c: &Contender| rows.iter().any(|row| bars(row).any(|bar| bar.contender == *c));
    for contender in CONTENDERS.iter().filter(|c| shown(c)) {
        let one = contender.threads == Threads::One;
        let label = if one { contender.label() + ", 1 thread" } else { contender.label() };
        let fill = colour(&Outcome::new(*contender));
        rect(out, x, 36.0, 11.0, 11.0, fill);
        text(out, x + 16.0, 46.0, "start", "#333333", &label);
        x += 34.0 + 6.6 * label.len() as f64;
    }
}

fn axis(out: &mut String, scale: &Scale, bottom: f64) {
    for power in scale.low as i32..=scale.high as i32 {
        let ratio = 2.0_f64.powi(power);
        let x = scale.x(ratio);
        let (colour, width) = if power == 0 { ("#111111", 1.5) } else { ("#dddddd", 1.0) };
        let _ = writeln!(
            out,
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{bottom:.1}\" \
             stroke=\"{colour}\" stroke-width=\"{width}\"/>"
        );
        let label = if power < 0 { format!("1/{}", 1.0 / ratio) } else { format!("{ratio}") };
        text(out, x, bottom + 16.0, "middle", "#333333", &label);
    }
    let one = scale.x(1.0);
    text(out, one - 8.0, bottom + 32.0, "end", "#666666", "faster than they");
    text(out, one + 8.0, bottom + 32.0, "start", "#666666", "slower than they");
}

fn draw(out: &mut String, bar: &Outcome, y: f64, scale: &Scale) {
    let Some(ratio) = bar.ratio else { return };
    let (one, end) = (scale.x(1.0), scale.x(ratio.mean));
    rect(out, one.min(end), y + 1.5, (end - one).abs(), BAR - 3.0, colour(bar));
    let (low, high, middle) = (scale.x(ratio.low), scale.x(ratio.high), y + BAR / 2.0);
    let _ = writeln!(
        out,
        "<line x1=\"{low:.1}\" x2=\"{high:.1}\" y1=\"{middle:.1}\" y2=\"{middle:.1}\" \
         stroke=\"#000000\"/>"
    );
    let label = format!("{:.2}", ratio.mean);
    text(out, one.max(high) + 5.0, middle + 4.0, "start", "#333333", &label);
}
