//! Measurements of speed as sentences.

use super::format::{percent, ratio};
use grader_model::{TimedThreads, Timing, TimingBasis};

/// A measurement in a sentence or two, for its student.
pub(crate) fn timing(timing: &Timing) -> String {
    let Timing { estimate, low, high, gate, .. } = timing;
    let mut text = format!(
        "{} times as fast as {} (confidence interval {} to {}). Required: {} times. Measured in {} \
         alternating pairs, {}{}.",
        ratio(*estimate),
        timing.against,
        ratio(*low),
        ratio(*high),
        ratio(*gate),
        timing.pairs,
        timing.clock.words(),
        if timing.cpus > 1 { format!(" on {} CPUs", timing.cpus) } else { String::new() },
    );
    if let Some(TimedThreads { work, together: Some(together) }) = timing.threads {
        text += &format!(
            " Two or more threads computed at once {} % of the time, and all threads together computed {} \
             times as long as one alone. Only one CPU is needed to see that, and other programs do not \
             change it.",
            percent(together),
            ratio(work),
        );
    }
    text += basis(timing.basis);
    if timing.charged_share > NOTICED_CHARGE {
        let share = percent(timing.charged_share);
        text += &format!(
            " Your code also computes outside of the measured calls. That time ({share} % of the total) \
             was added."
        );
    }
    text
}

/// What a ratio rests on, where that is not the mean of all pairs.
const fn basis(basis: TimingBasis) -> &'static str {
    match basis {
        TimingBasis::AllPairs => "",
        TimingBasis::TypicalPairs => {
            " Some samples differed so much from the others that the middle half of the pairs counts."
        }
        TimingBasis::Totals => {
            " Your samples differed much from each other, and those of the comparison beside them did not, \
             so that the total time counts. Look for calls that are far slower at times."
        }
        TimingBasis::UsedUp => {
            " Your calls used up the time of the measurement, so that the total until then counts. Look for \
             calls that are far slower at times, or that wait."
        }
    }
}

/// A smaller share than this may be chance.
const NOTICED_CHARGE: f64 = 0.05;

/// A measurement in one short line.
pub(crate) fn timing_in_short(timing: &Timing) -> String {
    let [estimate, low, high, gate] =
        [timing.estimate, timing.low, timing.high, timing.gate].map(ratio);
    format!("x{estimate} [{low}, {high}], gate {gate}, {} pairs", timing.pairs)
}
