//! How long the peers take beside each other.
//!
//! They take turns, each for about the same time, in an order that changes from
//! round to round, so that what disturbs one disturbs the others as often. What
//! counts is the ratio within a round; its logarithms are averaged.

use anyhow::{Context, Result};
use serde::Serialize;
use tinytorch::stats::t_quantile;

use crate::peer::Threads;
use crate::process::Took;

/// Rounds and their length.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often each peer is measured.
    pub rounds: usize,
    /// How long one measurement should take, in seconds.
    pub seconds: f64,
}

/// What was measured of one peer: seconds of one computation, by round.
#[derive(Clone, Debug)]
pub struct Samples {
    /// Of the process's CPU clock.
    pub cpu: Vec<f64>,
    /// Of the wall clock.
    pub wall: Vec<f64>,
}

/// How often one is measured that takes [`SLOW`] seconds and more for one
/// computation, in the first rounds.
const SLOW_ROUNDS: usize = 6;
/// See [`SLOW_ROUNDS`].
const SLOW: f64 = 2.0;

/// Measures several in turn. `time` has one of them, by its index in `names`,
/// compute so many times.
pub fn rounds(
    names: &[String],
    plan: Plan,
    mut time: impl FnMut(usize, usize) -> Result<Took>,
    mut progress: impl FnMut(usize),
) -> Result<Vec<Samples>> {
    let count = names.len();
    let mut paces = Vec::new();
    for (i, name) in names.iter().enumerate() {
        paces.push(pace(|n| time(i, n), plan).with_context(|| name.clone())?);
    }
    let mut samples = vec![Samples { cpu: Vec::new(), wall: Vec::new() }; count];
    for round in 0..plan.rounds {
        progress(round);
        for i in (0..count).map(|turn| whose_turn(round, turn, count)) {
            let Pace { repetitions, rounds } = paces[i];
            if round < rounds {
                let took = time(i, repetitions).with_context(|| names[i].clone())?;
                samples[i].cpu.push(took.cpu / repetitions as f64);
                samples[i].wall.push(took.wall / repetitions as f64);
            }
        }
    }
    Ok(samples)
}

/// Who is measured at this turn of this round: forwards and backwards by
/// turns, with another one first each time.
pub fn whose_turn(round: usize, turn: usize, peers: usize) -> usize {
    let at = (turn + round / 2) % peers;
    if round.is_multiple_of(2) { at } else { peers - 1 - at }
}

/// How many computations make a measurement, and how many measurements there are.
struct Pace {
    repetitions: usize,
    rounds: usize,
}

fn pace(mut time: impl FnMut(usize) -> Result<Took>, plan: Plan) -> Result<Pace> {
    let mut repetitions = 1;
    loop {
        let Took { wall, .. } = time(repetitions)?;
        if wall >= plan.seconds / 4.0 || repetitions >= 1 << 20 {
            let fitting = (repetitions as f64 * plan.seconds / wall).round();
            let slow = wall / repetitions as f64 > SLOW;
            let rounds = if slow { plan.rounds.min(SLOW_ROUNDS) } else { plan.rounds };
            return Ok(Pace { repetitions: (fitting as usize).max(1), rounds });
        }
        repetitions *= 4;
    }
}

/// Our time over theirs, with a confidence interval.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Ratio {
    /// Geometric mean; above 1, we are slower.
    pub mean: f64,
    /// Lower end of the 99 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The ratio of our times to theirs: of CPU seconds if both use one thread, of
/// wall seconds otherwise. Rounds that only one of them has do not count.
pub fn ratio(ours: &Samples, theirs: &Samples, threads: Threads) -> Result<Ratio> {
    let (ours, theirs) = match threads {
        Threads::One => (&ours.cpu, &theirs.cpu),
        Threads::Default => (&ours.wall, &theirs.wall),
    };
    let logs: Vec<f64> = ours.iter().zip(theirs).map(|(a, b)| (a / b).ln()).collect();
    let n = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / n;
    let variance = logs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let t = t_quantile(0.995, n - 1.0).context("needs at least two rounds")?;
    let reach = t * (variance / n).sqrt();
    Ok(Ratio { mean: mean.exp(), low: (mean - reach).exp(), high: (mean + reach).exp() })
}

/// The middle one.
pub fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    if n == 0 { f64::NAN } else { f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2]) }
}
