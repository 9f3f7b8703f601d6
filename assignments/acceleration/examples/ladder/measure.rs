//! Times of several kernels, measured in alternation so that disturbances of the machine affect all of
//! them equally.

use crate::subjects::Subject;
use acceleration::Work;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The number of rounds. Each kernel has one turn per round.
const ROUNDS: usize = 15;
/// Target length of a turn: long compared with the clock's resolution and the scheduler's
/// interruptions.
const TURN: Duration = Duration::from_millis(20);
/// A kernel that takes longer than this per call has fewer turns.
const SLOW: Duration = Duration::from_millis(300);

/// A kernel and the seconds per call, round by round.
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) work: Work,
    pub(crate) threads: usize,
    rounds: Vec<f64>,
}

impl Measured {
    /// The median of the rounds.
    pub(crate) fn seconds(&self) -> f64 {
        median(self.rounds.clone())
    }

    /// Achieved 10^9 FLOPs per second.
    pub(crate) fn gflops(&self) -> f64 {
        self.work.flops as f64 / self.seconds() / 1e9
    }

    /// The median of the ratios within each round, because measurements close in time have the same
    /// disturbances.
    pub(crate) fn times_as_fast_as(&self, other: &Self) -> f64 {
        median(self.rounds.iter().zip(&other.rounds).map(|(own, theirs)| theirs / own).collect())
    }
}

/// Measures all subjects in alternation.
pub(crate) fn together(subjects: &[Subject]) -> Result<Vec<Measured>, Box<dyn Error>> {
    let mut repeats = Vec::new();
    for subject in subjects {
        (subject.run)()?;
        let start = Instant::now();
        (subject.run)()?;
        repeats.push(start.elapsed());
    }
    let slowest = repeats.iter().max().copied().unwrap_or_default();
    let rounds = if slowest > SLOW { 3 } else { ROUNDS };
    let mut times = vec![Vec::new(); subjects.len()];
    for _ in 0..rounds {
        for ((subject, once), times) in subjects.iter().zip(&repeats).zip(&mut times) {
            times.push(turn(subject, *once)?);
        }
    }
    let measured = subjects.iter().zip(times).map(|(subject, rounds)| Measured {
        name: subject.name.clone(),
        work: subject.work,
        threads: subject.threads,
        rounds,
    });
    Ok(measured.collect())
}

/// Seconds per call: the mean over as many calls as fill a turn.
fn turn(subject: &Subject, once: Duration) -> Result<f64, Box<dyn Error>> {
    let calls = (TURN.as_secs_f64() / once.as_secs_f64().max(1e-9)).ceil().clamp(1.0, 1e6) as u32;
    let start = Instant::now();
    for _ in 0..calls {
        black_box((subject.run)()?);
    }
    Ok(start.elapsed().as_secs_f64() / f64::from(calls))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        f64::midpoint(values[middle - 1], values[middle])
    }
}
