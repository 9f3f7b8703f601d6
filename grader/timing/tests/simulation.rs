//! How often the whole procedure (ten looks, and once more if undecided) is wrong, by simulation.
//! The seeds are fixed, so a result is the same each time; `examples/errors.rs` draws more.

mod draws;
mod noise;

use grader_timing::LOOKS;
use noise::{NoiseSource, RatioNoise, VerdictTally, covers};

/// Quantiles of Student's t distribution at 0.995: what a 99 % interval reaches at each look.
const FIXED_99: [f64; 10] =
    [4.6041, 3.4995, 3.1058, 2.9467, 2.8073, 2.7440, 2.6846, 2.6561, 2.6286, 2.6151];

#[test]
fn at_the_gate_normal_noise_errs_in_one_of_five_hundred_at_most() {
    let tally = VerdictTally::of(RatioNoise::Normal, 0.2, 0.0, 10_000, 11);
    assert!(tally.percent(tally.passes) <= 0.2, "{tally:?}");
    assert!(tally.percent(tally.fails) <= 0.2, "{tally:?}");
}

/// Why the looks do not use 99 % intervals: one of sixteen measurements would be decided wrongly.
#[test]
fn looking_ten_times_at_99_percent_errs_in_six_of_a_hundred() {
    let mut source = NoiseSource::new(RatioNoise::Normal, 0.2, 12);
    let decided = (0..4_000).filter(|_| decides_at_99_percent(&mut source)).count();
    assert!((200..300).contains(&decided), "{decided} of 4000 decided although nothing was true");
}

fn decides_at_99_percent(source: &mut NoiseSource) -> bool {
    let mut count = 0;
    let mut sum = 0.0;
    let mut squares = 0.0;
    LOOKS.iter().zip(FIXED_99).any(|(look, reach)| {
        while count < *look {
            let value = source.next();
            count += 1;
            sum += value;
            squares += value * value;
        }
        let n = count as f64;
        let variance = (squares - sum * sum / n) / (n - 1.0);
        (sum / n).abs() > reach * (variance / n).sqrt()
    })
}

#[test]
fn at_the_gate_no_noise_of_five_percent_errs_in_more_than_one_of_a_hundred() {
    for noise in RatioNoise::ALL {
        let tally = VerdictTally::of(noise, 0.05, 0.0, 3_000, 13);
        assert!(tally.percent(tally.passes.max(tally.fails)) <= 1.0, "{noise:?}: {tally:?}");
    }
}

#[test]
fn ten_percent_from_the_gate_no_noise_of_five_percent_is_judged_wrongly() {
    for noise in RatioNoise::ALL {
        let above = VerdictTally::of(noise, 0.05, 1.1_f64.ln(), 2_000, 14);
        let below = VerdictTally::of(noise, 0.05, -1.1_f64.ln(), 2_000, 15);
        assert_eq!((above.fails, below.passes), (0, 0), "{noise:?}");
    }
}

#[test]
fn twenty_percent_from_the_gate_even_noise_of_twenty_percent_is_rarely_judged_wrongly() {
    for noise in RatioNoise::ALL {
        let above = VerdictTally::of(noise, 0.2, 1.2_f64.ln(), 2_000, 16);
        let below = VerdictTally::of(noise, 0.2, -1.2_f64.ln(), 2_000, 17);
        let wrong = above.percent(above.fails).max(below.percent(below.passes));
        assert!(wrong <= 0.2, "{noise:?}: {wrong} %");
    }
}

#[test]
fn a_quiet_machine_needs_few_pairs() {
    let tally = VerdictTally::of(RatioNoise::Normal, 0.05, 1.2_f64.ln(), 2_000, 18);
    assert_eq!(tally.passes, tally.all);
    assert!(tally.pairs < 10 * tally.all, "{tally:?}");
}

#[test]
fn the_interval_holds_at_all_looks_at_once() {
    let mut source = NoiseSource::new(RatioNoise::Normal, 0.2, 19);
    let covered = (0..10_000).filter(|_| covers(&mut source)).count();
    assert!(covered >= 9_980, "{covered} of 10000");
}
