//! The picture: bars of how many times as fast as `f32` everyone is, a panel for each layer.

use super::Report;
use crate::int8::{BASE, ENTRIES, Layer};
use crate::svg::{begin, path, rect, text};

const WIDTH: f64 = 980.0;
const TOP: f64 = 64.0;
/// Height of a contender's line.
const LINE: f64 = 24.0;
/// Where the panels begin, and how wide they are with the space after them.
const LEFT: f64 = 212.0;
const PANEL: f64 = 254.0;
const SPACE: f64 = 50.0;
const DARK: &str = "#111111";
const GREY: &str = "#dddddd";
/// Ours, ONNX Runtime, `PyTorch`: colours that people with any colour vision can tell apart (Okabe
/// and Ito).
const COLOURS: [&str; 3] = ["#0072b2", "#e69f00", "#cc79a7"];

/// Draws the report.
pub fn svg(report: &Report) -> String {
    let mut out = String::new();
    let bottom = TOP + LINE * ENTRIES.len() as f64;
    begin(&mut out, WIDTH, bottom + 36.0);
    let title = format!("Speed of a layer as a multiple of {BASE} (one thread)");
    text(&mut out, 16.0, 24.0, "start", DARK, &title);
    for (place, entry) in ENTRIES.iter().enumerate() {
        let y = TOP + LINE * place as f64;
        text(&mut out, LEFT - 10.0, y + 16.0, "end", DARK, entry.contender.name);
        if place > 0 && ENTRIES[place - 1].way != entry.way {
            path(&mut out, &[(16.0, y), (WIDTH - 16.0, y)], GREY, 1.0, "");
        }
    }
    let largest = report.layers.iter().flat_map(speeds).fold(1.0, f64::max);
    for (at, layer) in report.layers.iter().enumerate() {
        panel(&mut out, layer, LEFT + PANEL * at as f64, (PANEL - SPACE) / largest);
    }
    out + "</svg>\n"
}

/// How many times as fast as the base everyone is who was measured.
fn speeds(layer: &Layer) -> impl Iterator<Item = f64> {
    let speed = |name| layer.field.ratio(BASE, name).map(|ratio| ratio.mean);
    ENTRIES.iter().filter_map(move |entry| speed(entry.contender.name))
}

/// The bars of one layer; a unit of speed is `scale` wide.
fn panel(out: &mut String, layer: &Layer, left: f64, scale: f64) {
    let bottom = TOP + LINE * ENTRIES.len() as f64;
    let (kind, sizes) = layer.case.name.split_once(", ").unwrap_or((layer.case.name, ""));
    text(out, left, TOP - 20.0, "start", DARK, kind);
    text(out, left, TOP - 6.0, "start", "#444444", sizes);
    let one = left + scale;
    path(out, &[(one, TOP), (one, bottom)], "#666666", 1.0, "3 3");
    text(out, one, bottom + 16.0, "middle", "#444444", "1");
    for (place, entry) in ENTRIES.iter().enumerate() {
        let y = TOP + LINE * place as f64;
        let Some(ratio) = layer.field.ratio(BASE, entry.contender.name) else {
            text(out, left + 4.0, y + 16.0, "start", "#666666", "-");
            continue;
        };
        let colour = match entry.contender.worker.split(' ').next() {
            Some("onnxruntime") => COLOURS[1],
            Some("torch") => COLOURS[2],
            _ => COLOURS[0],
        };
        let width = (scale * ratio.mean).max(1.0);
        rect(out, left, y + 4.0, width, LINE - 8.0, colour);
        let (low, high) = (left + scale * ratio.low, left + scale * ratio.high);
        path(out, &[(low, y + LINE / 2.0), (high, y + LINE / 2.0)], DARK, 1.5, "");
        let label = format!("{:.2}", ratio.mean);
        text(out, left + width.max(scale * ratio.high) + 5.0, y + 16.0, "start", DARK, &label);
    }
}
