//! What becomes of submissions that scatter by themselves, honest ones and others, by simulation:
//! `cargo run --release -p grader-timing --example spread [verdicts]`.

#[path = "../tests/draws/mod.rs"]
mod draws;
#[path = "../tests/sides/mod.rs"]
mod sides;

use sides::{MachineNoise, MeasurementModel, OwnNoise, SidesTally};

/// Honest submissions may do these.
const HONEST: [OwnNoise; 5] = [
    OwnNoise::Steady,
    OwnNoise::Scatter(0.1),
    OwnNoise::Scatter(0.2),
    OwnNoise::FirstTouch,
    OwnNoise::Spread(6, 3.0),
];

/// And these stay undecided by the mean of all pairs, or try to.
const OTHERS: [OwnNoise; 15] = [
    OwnNoise::Run(4, 1000.0),
    OwnNoise::Run(8, 60.0),
    OwnNoise::Run(16, 60.0),
    OwnNoise::Run(32, 60.0),
    OwnNoise::Run(40, 60.0),
    OwnNoise::Spread(6, 60.0),
    OwnNoise::Spread(20, 60.0),
    OwnNoise::Spread(33, 60.0),
    OwnNoise::Spread(43, 5.0),
    OwnNoise::Even(3.0),
    OwnNoise::Even(60.0),
    OwnNoise::After(100, 60.0),
    OwnNoise::Grows(60.0),
    OwnNoise::Giants(30, 3.0),
    OwnNoise::Ladder(40, 1000.0),
];

fn main() {
    let count = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2_000);
    println!("{count} verdicts a row; at the gate of one\n");
    println!(
        "| submission | speed | machine | scatter | pass | fail | undecided | typical | totals |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (kinds, speeds) in
        [(HONEST.as_slice(), [1.5, 1.0, 0.67]), (OTHERS.as_slice(), [0.95, 0.8, 0.5])]
    {
        for own in kinds {
            for speed in speeds {
                for scale in [0.02, 0.1] {
                    for machine in MachineNoise::ALL {
                        row(MeasurementModel { machine, scale, own: *own, speed }, count);
                    }
                }
            }
        }
    }
}

fn row(sides: MeasurementModel, count: usize) {
    let SidesTally { passes, fails, undecided, typical, totals } = sides.tally(count, 1);
    let MeasurementModel { machine, scale, own, speed } = sides;
    println!(
        "| {own:?} | {speed} | {machine:?} | {scale} | {passes} | {fails} | {undecided} | {typical} | {totals} |"
    );
}
