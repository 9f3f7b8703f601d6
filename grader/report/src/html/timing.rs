//! A measured ratio as a picture: where it lies, how sure that is, and what was asked.

use crate::words::ratio;
use grader_model::TimingResult;

/// Size of the drawing, in units of its own.
const WIDTH: f64 = 620.0;
/// Room for labels on both sides.
const MARGIN: f64 = 26.0;
/// Powers of two that are labelled, at most.
const MOST_TICKS: i32 = 9;

/// The drawing, ready for the template: integers only.
pub(super) struct TimingPicture {
    pub(super) width: i32,
    /// The axis: from here to there.
    pub(super) from: i32,
    pub(super) to: i32,
    /// Where the gate stands, and its label.
    pub(super) gate: i32,
    pub(super) asked: String,
    /// The side that passes.
    pub(super) enough: i32,
    /// The interval.
    pub(super) low: i32,
    pub(super) wide: i32,
    /// The estimate, and its label.
    pub(super) dot: i32,
    pub(super) reached: String,
    pub(super) ticks: Vec<(i32, String)>,
    /// The same in words.
    pub(super) words: String,
}

/// The picture of a measurement.
pub(super) fn picture(timing: &TimingResult) -> TimingPicture {
    let positive = |number: f64| if number.is_finite() { number.clamp(1e-6, 1e9) } else { 1.0 };
    let [gate, estimate, low, high] =
        [timing.gate, timing.estimate, timing.low, timing.high].map(positive);
    // At least a factor of two around all there is to see, and "as fast as" always among it.
    let begin = low.min(gate).min(1.0) / 1.25;
    let end = high.max(gate).max(1.0) * 1.5;
    let place = |ratio: f64| {
        let share = (ratio / begin).ln() / (end / begin).ln();
        (MARGIN + share * (WIDTH - 2.0 * MARGIN)).round() as i32
    };
    let to = place(end);
    TimingPicture {
        width: WIDTH as i32,
        from: place(begin),
        to,
        gate: place(gate),
        asked: format!("required: {}×", ratio(timing.gate)),
        enough: to - place(gate),
        low: place(low),
        // What is known very well can still be seen.
        wide: (place(high) - place(low)).max(4),
        dot: place(estimate),
        reached: format!("{}×", ratio(timing.estimate)),
        ticks: ticks(begin, end).map(|tick| (place(tick), format!("{}×", ratio(tick)))).collect(),
        words: crate::words::timing(timing),
    }
}

/// Powers of two within the axis, each or every other one.
fn ticks(begin: f64, end: f64) -> impl Iterator<Item = f64> {
    let (first, last) = (begin.log2().ceil() as i32, end.log2().floor() as i32);
    let step = (last - first) / MOST_TICKS + 1;
    (first..=last).filter(move |power| power % step == 0).map(|power| f64::from(power).exp2())
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader_model::{TimingBasis, TimingClock};

    fn of(gate: f64, estimate: f64, low: f64, high: f64) -> TimingPicture {
        picture(&TimingResult {
            against: "the naive product".into(),
            gate,
            estimate,
            low,
            high,
            pairs: 8,
            launches: 1,
            clock: TimingClock::Cpu,
            cpus: 1,
            charged_share: 0.0,
            seconds: 1.0,
            threads: None,
            basis: TimingBasis::AllPairs,
        })
    }

    #[test]
    fn what_passes_lies_behind_the_gate_and_what_fails_before_it() {
        let fast = of(16.0, 40.0, 35.0, 45.0);
        assert!(fast.gate < fast.low && fast.low < fast.dot && fast.dot < fast.low + fast.wide);
        let slow = of(16.0, 9.8, 9.4, 10.2);
        assert!(slow.low + slow.wide < slow.gate && slow.gate < slow.to);
    }

    #[test]
    fn everything_lies_within_the_drawing_whatever_was_measured() {
        for (estimate, low, high) in
            [(1e-4, 1e-5, 1e-3), (1e6, 9e5, 1.1e6), (1.0, 0.0, f64::INFINITY), (f64::NAN, 1.0, 1.0)]
        {
            let picture = of(4.0, estimate, low, high);
            let inside = |x: i32| (0..=picture.width).contains(&x);
            assert!([picture.low, picture.low + picture.wide, picture.dot].into_iter().all(inside));
            assert!(inside(picture.gate) && picture.enough > 0);
            assert!(picture.ticks.len() <= MOST_TICKS as usize + 1);
        }
    }
}
