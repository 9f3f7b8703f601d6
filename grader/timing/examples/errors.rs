//! How often the whole procedure is wrong, by simulation:
//! `cargo run --release -p grader-timing --example errors [verdicts]`.
//!
//! At a margin of zero the truth lies at the gate, where errors are likeliest: a pass and a fail are
//! then both counted as wrong, and the larger share is shown.

#[path = "../tests/draws/mod.rs"]
mod draws;
#[path = "../tests/noise/mod.rs"]
mod noise;

use grader_timing::CRITICAL;
use noise::{NoiseSource, RatioNoise, VerdictTally, covers};
use std::thread;

const SCALES: [f64; 3] = [0.01, 0.05, 0.2];
const MARGINS: [f64; 5] = [0.0, 0.10, 0.20, 0.33, 0.50];

fn main() {
    let count = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(200_000);
    println!("{count} verdicts a cell; critical values {CRITICAL:?}\n");
    println!("| noise | scatter | covered at all looks | wrong at the gate |{}", heads());
    println!("|---|---|---|---|{}", "---|".repeat(MARGINS.len() - 1));
    for noise in RatioNoise::ALL {
        let rows = thread::scope(|scope| {
            let rows = SCALES.map(|scale| scope.spawn(move || row(noise, scale, count)));
            rows.map(|row| row.join().expect("no panic"))
        });
        for row in rows {
            println!("{row}");
        }
    }
}

fn heads() -> String {
    let head = |margin: &f64| format!(" {:.0} %: wrong, undecided, pairs |", 100.0 * margin);
    MARGINS[1..].iter().map(head).collect()
}

fn row(noise: RatioNoise, scale: f64, count: u64) -> String {
    let mut source = NoiseSource::new(noise, scale, 1);
    let covered = (0..count).filter(|_| covers(&mut source)).count();
    let covered = 100.0 * covered as f64 / count as f64;
    let at_gate = VerdictTally::of(noise, scale, 0.0, count, 2);
    let wrong = at_gate.percent(at_gate.passes.max(at_gate.fails));
    let cells: String =
        MARGINS[1..].iter().map(|margin| cell(noise, scale, *margin, count)).collect();
    format!("| {noise:?} | {:.0} % | {covered:.3} % | {wrong:.3} % |{cells}", 100.0 * scale)
}

/// The truth lies above the gate by `margin`, and then below it.
fn cell(noise: RatioNoise, scale: f64, margin: f64, count: u64) -> String {
    let above = VerdictTally::of(noise, scale, (1.0 + margin).ln(), count / 10, 3);
    let below = VerdictTally::of(noise, scale, -(1.0 + margin).ln(), count / 10, 4);
    let undecided = |tally: &VerdictTally| tally.all - tally.passes - tally.fails;
    format!(
        " {:.3} %, {:.1} %, {:.1} |",
        above.percent(above.fails).max(below.percent(below.passes)),
        above.percent(undecided(&above)).max(below.percent(undecided(&below))),
        (above.pairs + below.pairs) as f64 / (above.all + below.all) as f64,
    )
}
