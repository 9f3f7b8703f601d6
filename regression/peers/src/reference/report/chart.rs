//! Two pictures: the speed of the products, and the time for a token by the length
//! of the context. Both on logarithmic scales.

use super::super::decode::{CACHED, FLOOR};
use super::super::products::{NAIVE, TILED};
use super::{Report, names};
use crate::svg::{begin, path, rect, text};

const WIDTH: f64 = 980.0;
const HEIGHT: f64 = 472.0;
const TOP: f64 = 70.0;
const BOTTOM: f64 = 400.0;
const DARK: &str = "#111111";
const GREY: &str = "#dddddd";
/// For sizes of matrices, and for those who decode: colours that people with any
/// colour vision can tell apart (Okabe and Ito).
const COLOURS: [&str; 5] = ["#0072b2", "#56b4e9", "#009e73", "#d55e00", "#cc79a7"];

/// Draws the report.
pub fn svg(report: &Report) -> String {
    let mut out = String::new();
    begin(&mut out, WIDTH, HEIGHT);
    if !report.products.is_empty() {
        products(&mut out, report, (60.0, 540.0));
    }
    if !report.decode.is_empty() {
        decode(&mut out, report, (620.0, 870.0));
    }
    out + "</svg>\n"
}

/// From numbers to places, logarithmic.
struct Log {
    numbers: (f64, f64),
    places: (f64, f64),
}

impl Log {
    fn at(&self, number: f64) -> f64 {
        let ((low, high), (from, to)) = (self.numbers, self.places);
        from + (number / low).ln() / (high / low).ln() * (to - from)
    }

    /// 1, 2 and 5 times powers of ten.
    fn marks(&self) -> impl Iterator<Item = f64> {
        let (low, high) = self.numbers;
        let powers = low.log10().floor() as i32..=high.log10().ceil() as i32;
        let all = powers.flat_map(|p| [1.0, 2.0, 5.0].map(|m| m * 10.0_f64.powi(p)));
        all.filter(move |mark| (low..=high * 1.001).contains(mark))
    }
}

/// Lines across at the marks, from the left to the right.
fn grid(out: &mut String, scale: &Log, (left, right): (f64, f64)) {
    for mark in scale.marks() {
        let y = scale.at(mark);
        path(out, &[(left, y), (right, y)], GREY, 1.0, "");
        text(out, left - 6.0, y + 4.0, "end", "#333333", &format!("{mark}"));
    }
}

/// A group of bars for each contender, a bar for each size.
fn products(out: &mut String, report: &Report, (left, right): (f64, f64)) {
    let names = names().0;
    let rates: Vec<Vec<(usize, f64)>> = names
        .iter()
        .map(|name| {
            let measured = report.products.iter().enumerate().filter_map(|(at, products)| {
                Some((at, products.gflops(products.field.of(name)?.seconds?)))
            });
            measured.collect()
        })
        .collect();
    let all = || rates.iter().flatten().map(|(_, rate)| *rate);
    let (low, high) = (all().fold(f64::MAX, f64::min), all().fold(0.0, f64::max));
    let scale = Log { numbers: (low / 1.5, high * 1.2), places: (BOTTOM, TOP) };
    text(out, 16.0, 24.0, "start", DARK, "Products of square f32 matrices (GFLOP/s)");
    for (at, products) in report.products.iter().enumerate() {
        let x = left + 74.0 * at as f64;
        rect(out, x, 36.0, 11.0, 11.0, COLOURS[at % COLOURS.len()]);
        text(out, x + 16.0, 46.0, "start", "#333333", &format!("n = {}", products.size));
    }
    grid(out, &scale, (left, right));
    bars(out, &scale, (left, right), &names, &rates, report.products.len());
}

/// The bars of each contender, its name below them.
fn bars(
    out: &mut String,
    scale: &Log,
    (left, right): (f64, f64),
    names: &[&str],
    rates: &[Vec<(usize, f64)>],
    sizes: usize,
) {
    let group = (right - left) / names.len() as f64;
    let bar = 0.84 * group / sizes as f64;
    for (place, (name, rates)) in names.iter().zip(rates).enumerate() {
        let start = left + group * (place as f64 + 0.08);
        for &(at, rate) in rates {
            let (x, y) = (start + bar * at as f64, scale.at(rate));
            rect(out, x, y, bar - 1.0, BOTTOM - y, COLOURS[at % COLOURS.len()]);
        }
        if rates.is_empty() {
            text(out, start + group * 0.42, BOTTOM - 6.0, "middle", "#666666", "none");
        }
        let colour = if [NAIVE, TILED].contains(name) { DARK } else { "#444444" };
        // Two lines, and every other name lower: they are wider than their bars.
        for (line, word) in name.replace(',', "").splitn(2, ' ').enumerate() {
            let y = BOTTOM + 16.0 + 13.0 * line as f64 + 28.0 * (place % 2) as f64;
            text(out, start + group * 0.42, y, "middle", colour, word);
        }
    }
}

/// A line for each way to the next token.
fn decode(out: &mut String, report: &Report, (left, right): (f64, f64)) {
    let lines: Vec<(&str, Vec<(f64, f64)>)> = names()
        .1
        .into_iter()
        .map(|name| {
            let measured = report.decode.iter().filter_map(|decode| {
                Some((decode.tokens as f64, decode.field.of(name)?.seconds? * 1e6))
            });
            (name, measured.collect())
        })
        .collect();
    let times = || lines.iter().flat_map(|(_, line)| line).map(|(_, time)| *time);
    let (low, high) = (times().fold(f64::MAX, f64::min), times().fold(0.0, f64::max));
    let scale = Log { numbers: (low / 1.3, high * 1.3), places: (BOTTOM, TOP) };
    let lengths = || report.decode.iter().map(|decode| decode.tokens as f64);
    let (first, last) = (lengths().fold(f64::MAX, f64::min), lengths().fold(0.0, f64::max));
    let across = Log { numbers: (first / 1.1, last * 1.1), places: (left, right) };
    text(out, left - 44.0, 24.0, "start", DARK, "The next token of a GPT (µs)");
    grid(out, &scale, (left, right));
    for length in lengths() {
        let x = across.at(length);
        path(out, &[(x, BOTTOM), (x, BOTTOM + 4.0)], DARK, 1.0, "");
        text(out, x, BOTTOM + 18.0, "middle", "#333333", &format!("{length}"));
    }
    let middle = f64::midpoint(left, right);
    text(out, middle, BOTTOM + 40.0, "middle", DARK, "tokens in the context");
    let mut labels: Vec<(f64, &str, &str)> = Vec::new();
    for (at, (name, line)) in lines.iter().enumerate() {
        let Some(&(_, end)) = line.last() else { continue };
        let colour = if *name == FLOOR { "#666666" } else { COLOURS[at % COLOURS.len()] };
        let dashes = if *name == FLOOR { "5 4" } else { "" };
        let width = if *name == CACHED { 3.0 } else { 1.8 };
        let points: Vec<_> = line.iter().map(|&(t, us)| (across.at(t), scale.at(us))).collect();
        path(out, &points, colour, width, dashes);
        labels.push((scale.at(end), name, colour));
    }
    beside(out, right + 8.0, labels);
}

/// Names to the right of their lines, moved apart where they would overlap.
fn beside(out: &mut String, x: f64, mut labels: Vec<(f64, &str, &str)>) {
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut next = f64::MIN;
    for (y, label, colour) in labels {
        let y = y.max(next);
        text(out, x, y + 4.0, "start", colour, label);
        next = y + 15.0;
    }
}
