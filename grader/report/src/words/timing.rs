//! Measurements of speed as sentences.

use super::format::{percent, ratio};
use grader_model::{TimedThreads, TimingBasis, TimingResult};

/// A measurement in a sentence or two, for its student.
pub(crate) fn timing(timing: &TimingResult) -> String {
    let TimingResult { estimate, low, high, gate, .. } = timing;
    let mut text = format!(
        "{}x as fast as {} ({} {} to {}). Required: {}x. Measured in {} alternating pairs, {}{}.",
        ratio(*estimate),
        timing.against,
        interval(timing.basis),
        ratio(*low),
        ratio(*high),
        ratio(*gate),
        timing.pairs,
        timing.clock.words(),
        if timing.cpus > 1 { format!(" on {} CPUs", timing.cpus) } else { String::new() },
    );
    if let Some(TimedThreads { work, together: Some(together) }) = timing.threads {
        text += &format!(
            " Two or more threads computed at the same time for {} % of the measurement. All threads together \
             used {}x the CPU time of one thread alone. This measurement needs only one CPU, and other \
             programs do not affect it.",
            percent(together),
            ratio(work),
        );
    }
    text += basis(timing.basis);
    if timing.charged_share > NOTICED_CHARGE {
        let share = percent(timing.charged_share);
        text += &format!(
            " Your code also computes outside the measured calls. That time ({share} % of the total) was \
             added."
        );
    }
    text
}

/// The name of the interval. Totals have one by another rule, which does not have the same coverage.
const fn interval(basis: TimingBasis) -> &'static str {
    match basis {
        TimingBasis::AllPairs | TimingBasis::TypicalPairs => "99.8 % confidence interval",
        TimingBasis::Totals | TimingBasis::UsedUp => "interval",
    }
}

/// The basis of a ratio, unless it is the mean of all pairs.
const fn basis(basis: TimingBasis) -> &'static str {
    match basis {
        TimingBasis::AllPairs => "",
        TimingBasis::TypicalPairs => {
            " Some samples differed so much from the others that only the middle half of the pairs counts."
        }
        TimingBasis::Totals => {
            " Your samples varied far more than those of the baseline beside them, so the total time counts. \
             Look for calls that are sometimes far slower."
        }
        TimingBasis::UsedUp => {
            " Your calls used up the time of the measurement, so the total until then counts. Look for calls \
             that are sometimes far slower, or that wait."
        }
    }
}

/// A smaller share than this may be chance.
const NOTICED_CHARGE: f64 = 0.05;

/// A measurement in one short line.
pub(crate) fn timing_in_short(timing: &TimingResult) -> String {
    let [estimate, low, high, gate] =
        [timing.estimate, timing.low, timing.high, timing.gate].map(ratio);
    format!("{estimate}x [{low}, {high}], required {gate}x, {} pairs", timing.pairs)
}
