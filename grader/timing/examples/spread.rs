//! What becomes of submissions that scatter by themselves, honest ones and others, by simulation:
//! `cargo run --release -p grader-timing --example spread [verdicts]`.

#[path = "../tests/draws/mod.rs"]
mod draws;
#[path = "../tests/sides/mod.rs"]
mod sides;

use sides::{Machine, Own, Sides, Tally};

/// Honest submissions may do these.
const HONEST: [Own; 5] =
    [Own::Steady, Own::Scatter(0.1), Own::Scatter(0.2), Own::FirstTouch, Own::Spread(6, 3.0)];

/// And these stay undecided by the mean of all pairs, or try to.
const OTHERS: [Own; 15] = [
    Own::Run(4, 1000.0),
    Own::Run(8, 60.0),
    Own::Run(16, 60.0),
    Own::Run(32, 60.0),
    Own::Run(40, 60.0),
    Own::Spread(6, 60.0),
    Own::Spread(20, 60.0),
    Own::Spread(33, 60.0),
    Own::Spread(43, 5.0),
    Own::Even(3.0),
    Own::Even(60.0),
    Own::After(100, 60.0),
    Own::Grows(60.0),
    Own::Giants(30, 3.0),
    Own::Ladder(40, 1000.0),
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
                    for machine in Machine::ALL {
                        row(Sides { machine, scale, own: *own, speed }, count);
                    }
                }
            }
        }
    }
}

fn row(sides: Sides, count: usize) {
    let Tally { passes, fails, undecided, typical, totals } = sides.tally(count, 1);
    let Sides { machine, scale, own, speed } = sides;
    println!(
        "| {own:?} | {speed} | {machine:?} | {scale} | {passes} | {fails} | {undecided} | {typical} | {totals} |"
    );
}
