//! Whose spread is it? Two samples of a pair follow each other at once, so that the machine disturbs both
//! sides alike; spread that one side alone shows is its own.

use crate::SamplePair;
use crate::interval::standard_error;
use crate::measurement::charge;
use crate::order;

/// How many standard deviations the excess of the submission's spread must be away from what chance gives, if
/// each pair's two deviations could be swapped: by chance in 3 of 100,000.
const BEYOND_DOUBT: f64 = 4.0;
/// And the submission must scatter this many times as much: honest kernels are a little less steady than the
/// course's own.
const TIMES_BASELINE: f64 = 2.0;

/// How far each sample is from the middle one of its side, as logarithms.
struct LogDeviations {
    baseline: Vec<f64>,
    submission: Vec<f64>,
}

impl LogDeviations {
    fn of(pairs: &[SamplePair]) -> Self {
        let charge = charge(pairs);
        // A few huge deviations must not hide many large ones.
        let baseline = order::capped(&deviations(pairs.iter().map(|pair| pair.baseline)));
        let submission =
            order::capped(&deviations(pairs.iter().map(|pair| pair.submission + charge)));
        Self { baseline, submission }
    }
}

/// Whether the submission scatters by itself, beyond doubt: a permutation test of the deviations, pair by
/// pair, and a least factor.
///
/// # Cost
/// `n log n` in the number of pairs.
pub fn is_own(pairs: &[SamplePair]) -> bool {
    let LogDeviations { baseline, submission } = LogDeviations::of(pairs);
    let more = || submission.iter().zip(&baseline).map(|(one, other)| one - other);
    let excess: f64 = more().sum();
    let by_chance = more().map(|value| value * value).sum::<f64>().sqrt();
    let [own, control]: [f64; 2] = [submission.iter().sum(), baseline.iter().sum()];
    excess > BEYOND_DOUBT * by_chance && own > TIMES_BASELINE * control
}

/// The standard error that the mean of the logarithms would have if the submission were as steady as the
/// baseline beside it.
pub fn error_of_control(pairs: &[SamplePair]) -> f64 {
    let control: Vec<f64> = pairs.iter().map(|pair| pair.baseline.ln()).collect();
    2.0_f64.sqrt() * standard_error(&control)
}

fn deviations(times: impl Iterator<Item = f64>) -> Vec<f64> {
    let logs: Vec<f64> = times.map(f64::ln).collect();
    let middle = order::median(&logs);
    logs.iter().map(|log| (log - middle).abs()).collect()
}
