//! How long the peers take beside each other.
//!
//! They take turns, each for about the same time, in an order that changes from
//! round to round, so that what disturbs one disturbs the others as often. What
//! counts is the ratio within a round; its logarithms are averaged.

use anyhow::{Context, Result};
use serde::Serialize;
use tinytorch::stats::t_quantile;

use crate::peer::{Peer, Threads, Took};
use crate::protocol::Task;

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

/// Measures the peers in turn.
pub fn rounds(
    peers: &mut [Peer],
    task: Task,
    plan: Plan,
    mut progress: impl FnMut(usize),
) -> Result<Vec<Samples>> {
    let repetitions = peers
        .iter_mut()
        .map(|peer| repetitions(peer, task, plan.seconds).with_context(|| peer.contender.label()));
    let repetitions: Vec<_> = repetitions.collect::<Result<_>>()?;
    let mut samples = vec![Samples { cpu: Vec::new(), wall: Vec::new() }; peers.len()];
    for round in 0..plan.rounds {
        progress(round);
        for turn in 0..peers.len() {
            let i = whose_turn(round, turn, peers.len());
            let took = peers[i].time(task, repetitions[i])?;
            samples[i].cpu.push(took.cpu / repetitions[i] as f64);
            samples[i].wall.push(took.wall / repetitions[i] as f64);
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

/// How many computations last about `seconds`.
fn repetitions(peer: &mut Peer, task: Task, seconds: f64) -> Result<usize> {
    let mut repetitions = 1;
    loop {
        let Took { wall, .. } = peer.time(task, repetitions)?;
        if wall >= seconds / 4.0 || repetitions >= 1 << 20 {
            let fitting = (repetitions as f64 * seconds / wall).round();
            return Ok((fitting as usize).max(1));
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
/// wall seconds otherwise.
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
